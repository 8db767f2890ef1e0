"""WHIP: WebRTC publishers (RFC 9725)."""
