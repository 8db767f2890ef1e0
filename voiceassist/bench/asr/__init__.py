"""Measures recognizers on recordings and synthesised speech: `voiceassist models bench`.

Never part of a call. `calls.py`, `recordings.py` and `synthetic.py` give clips; `listener.py` has a recognizer
hear them in a process of its own; `scores.py` compares what it said with what was spoken; `results.py` sums up.
Next: `cli/models/bench.py` prints it.
"""
