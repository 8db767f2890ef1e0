"""Phone systems, played: a recording is streamed to a server as each of them would stream a call.

Imports nothing of `ingest/`: every protocol is read here a second time, so that the server is not tried with its
own mistakes. Next: `run.py` places a call; the demo, `voiceassist call`, benches and tests use it.
"""
