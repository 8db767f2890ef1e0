"""A call while it runs: its first event, the way of its audio, its recording, people's actions."""
