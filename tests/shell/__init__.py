"""Shells on a real event loop, with fakes for whoever is on the other side."""
