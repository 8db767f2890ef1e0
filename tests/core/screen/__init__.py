"""What live screens draw."""
