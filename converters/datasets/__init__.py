"""Data sets as arrays, with what is known of each row."""
