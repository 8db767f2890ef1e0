"""Calls as documents."""
