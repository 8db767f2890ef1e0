"""YAML as text: read with the line of every field, changed without losing comments. Knows nothing of playbooks."""
