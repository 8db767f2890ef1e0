"""The statistical classifier of cues: its n-grams, its weights and their file."""
