"""Figures about the device itself, for a monitoring system on the same machine to fetch; nothing about a person."""
