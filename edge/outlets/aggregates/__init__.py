"""What a household may tell the fleet: one hour in so many, counted, clipped and noised."""
