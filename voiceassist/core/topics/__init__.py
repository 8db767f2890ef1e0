"""Chooses the policy that a request or a refusal is about."""
