"""Words of a call: languages, tokens, phrases, turns and what must be masked."""
