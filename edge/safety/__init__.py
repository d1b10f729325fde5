"""What may be sensed, said and sent: consent, the rules of the place, crisis."""
