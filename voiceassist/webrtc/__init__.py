"""WebRTC as both directions need it: WHIP publishes a call to us, WHEP gives one to whoever listens in."""
