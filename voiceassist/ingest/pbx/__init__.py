"""Phone systems of one's own, Asterisk and FreeSWITCH, and clients of vosk-server."""
