"""The playbook as a running call uses it: plain frozen data, and what is compiled from it."""
