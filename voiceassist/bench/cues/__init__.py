"""Measures what finding cues costs, and how early they come."""
