"""The pure core: no event loop, no clock, milliseconds a test."""
