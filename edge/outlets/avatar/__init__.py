"""The face of the device: drawn with a few lines, moved by what the device understands and says."""
