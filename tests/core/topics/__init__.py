"""Which policy a request is about."""
