"""Measures the detection of cues and topics on labelled turns. Pure."""
