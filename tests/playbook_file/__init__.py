"""Playbook files: reading, checking, explaining."""
