"""Genesys AudioHook, version 2."""
