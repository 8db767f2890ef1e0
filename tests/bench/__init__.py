"""Measuring: benches to run by hand. The tests of what `voiceassist models bench` counts are in `tests/shell`."""
