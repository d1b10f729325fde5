"""What households told with noise: taken in once each, summed up, and never of one household."""
