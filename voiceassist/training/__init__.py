"""Makes the cue classifier: labelled turns in, a weights file out. Nothing here is needed during a call."""
