"""Alerts leave the machine: by mail, webhook, Slack, Teams and MQTT. What is due is pure; the rest has a loop."""
