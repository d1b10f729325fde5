"""The operator's side: coordinator, aggregates, simulation. Imports ``edge``; never the other way round.

Nothing runs here yet: what a device sends, and how it is counted, is fixed first (``edge/outlets/mqtt``).
"""
