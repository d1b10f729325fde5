"""Thousands of devices at once, with the very code that a device runs."""
