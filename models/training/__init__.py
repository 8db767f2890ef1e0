"""Builds `vosk-tiny-en`, a small real Vosk model for synthesised speech.

`make model` runs it; README.md is the recipe. Never part of the running product: only what it writes into
`models/vosk-tiny-en/` is.
"""
