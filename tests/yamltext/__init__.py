"""YAML texts: reading with lines, changing with comments."""
