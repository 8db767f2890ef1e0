"""Calls on disk: events, full-text search and recordings."""
