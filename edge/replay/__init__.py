"""Recordings of what was sensed and understood, for development, and playing them again."""
