"""Bytes and numbers of speech: pure functions and small state machines. No I/O, no clock."""
