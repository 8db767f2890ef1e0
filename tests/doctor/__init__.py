"""What the doctor makes of a call, without a socket."""
