"""Vosk: models of many languages, decoded by libvosk as the sound comes."""
