"""The voice: sound becomes a Reading with prosody in words."""
