"""Calls on disk: events, full-text search, recordings, and reading audio files.

`store.py` is the door: everything else here serves it, but for `recordings.py` and `audiofile.py`.
"""
