"""What live screens draw: `apply(state, record) -> state`."""
