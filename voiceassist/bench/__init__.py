"""Measurements that an operator can repeat: recognizers, cues, and the delay from a spoken cue to the screen."""
