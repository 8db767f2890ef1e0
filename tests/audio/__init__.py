"""Bytes and numbers of speech: pure functions, no event loop."""
