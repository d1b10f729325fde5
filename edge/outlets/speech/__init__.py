"""Text becomes sound: sentence by sentence, by one of three engines, at one loudness."""
