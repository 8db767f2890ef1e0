"""How many calls a server carries: more and more at once, in real time, until cues come late.

Never part of a call. `served.py` starts a server in a process of its own; `calls.py` plays calls to it as phone
systems would and watches their sockets; `usage.py` reads what that cost the server; `steps.py` puts more and more
calls on it; `figures.py` makes the numbers of it, `chart.py` a picture. Next: `cli/bench/load.py` prints them.
"""
