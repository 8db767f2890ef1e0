"""Events out to an MQTT broker: topics (pure) and the client (shell)."""
