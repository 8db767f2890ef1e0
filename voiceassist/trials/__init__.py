"""Tries a playbook: on sentences, on its own examples, on calls that were stored. Pure."""
