"""The story of one call: `Call.handle(event) -> list[Event]` and the parts that answer."""
