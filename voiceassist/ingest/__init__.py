"""Bytes in, AudioFrames out: one module per protocol. Unreliable peers are handled here, at the edge."""
