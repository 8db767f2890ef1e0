"""Finds cues in the words of one utterance, and follows each from partial to final."""
