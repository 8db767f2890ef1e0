"""Trying playbooks on sentences and stored calls."""
