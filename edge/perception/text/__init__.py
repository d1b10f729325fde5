"""The words: a sentence in English or Chinese becomes a Reading."""
