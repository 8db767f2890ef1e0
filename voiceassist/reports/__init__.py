"""Reports: what each one is, in `definitions.py` alone, and how sure a difference is; pure."""
