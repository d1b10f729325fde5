"""What is usual for one person, learned with consent, so that cues are told relative to it."""
