"""The soak: the real runtime for a long time, with a fault every few seconds. ``scripts/soak`` starts it."""
