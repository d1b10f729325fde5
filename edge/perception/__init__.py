"""A signal becomes a Reading."""
