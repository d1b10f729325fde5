"""One benchmark per hot path. ``python -m tests.benchmarks`` times them; ``scripts/test`` only sees that each works."""
