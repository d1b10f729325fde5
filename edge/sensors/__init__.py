"""The world in: camera, microphone, words; from devices, and from files that behave as devices."""
