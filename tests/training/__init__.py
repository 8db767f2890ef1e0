"""Making the cue classifier."""
