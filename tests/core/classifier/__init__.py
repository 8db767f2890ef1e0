"""The classifier of cues and its file."""
