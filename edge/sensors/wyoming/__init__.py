"""The Wyoming protocol: speech to text as a service, transcripts from elsewhere, and satellites as microphones."""
