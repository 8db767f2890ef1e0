"""Recognizers behind one Protocol, and the pool that runs them off the event loop."""
