"""The operator's side: coordinator, aggregates, simulation. Imports ``edge``; never the other way round."""
