"""The world out: speaker, console, broker."""
