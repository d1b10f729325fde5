"""Sentences written for this project (Apache-2.0) to try how words in context are understood: ``<language>.tsv``."""
