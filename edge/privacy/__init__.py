"""What is kept, for how long, and what of it may leave."""
