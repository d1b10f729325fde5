"""What the device learns from people: which answers helped whom."""
