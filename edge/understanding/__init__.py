"""Readings become a State."""
