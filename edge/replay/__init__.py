"""Recordings of what was sensed and understood, for development: written by ``rapport record``, played by ``replay``."""
