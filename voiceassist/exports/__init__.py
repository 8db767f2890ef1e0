"""A stored call as documents that other programs open. Pure: takes a `CallState`, gives text.

Next: `server/call_export.py` and `voiceassist calls export` give them out.
"""
