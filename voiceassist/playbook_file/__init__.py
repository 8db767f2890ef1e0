"""Playbook files: YAML to the playbook that calls use, with every mistake named. Pure: no file is opened here."""
