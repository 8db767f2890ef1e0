"""Cues found in words, and followed from partial to final."""
