"""Sentences written for this project (Apache-2.0): ``<language>/<emotion>.txt``, one a line, and a grammar for more."""
