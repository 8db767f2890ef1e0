"""What a call came to, taken from its own words and events: no language model, no guess. Pure."""
