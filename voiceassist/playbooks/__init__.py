"""The built-in playbooks: YAML data, read by core/playbook.py."""
