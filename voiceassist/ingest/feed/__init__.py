"""One call's audio on its clock, from its publishers to its session."""
