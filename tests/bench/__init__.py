"""Measuring: benches to run by hand, and tests of what `voiceassist models bench` counts."""
