"""Languages, tokens, phrases, turns and redaction."""
