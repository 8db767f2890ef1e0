"""Labelled turns and scores."""
