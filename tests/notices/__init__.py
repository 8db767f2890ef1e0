"""Alerts leaving the machine: rules and queues without a loop, channels against real servers."""
