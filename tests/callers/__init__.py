"""The phone systems that we play, without a socket or a clock."""
