"""Tests of what a call came to: records in, items and lines out."""
