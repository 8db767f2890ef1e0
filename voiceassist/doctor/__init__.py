"""Looks at what a phone system sends, in the server's place: protocol, rate, legs, who speaks, what is wrong.

`listener.py` takes calls by the server's own dialects and keeps nothing of them; `leg_meter.py` measures a leg,
`findings.py` says what that means. Never recognises speech, never stores anything.
Next: `routes.py` has the addresses, `cli/doctor/ingest.py` prints.
"""
