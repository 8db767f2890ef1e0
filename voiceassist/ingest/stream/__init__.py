"""Our own protocol, `/ingest/stream`."""
