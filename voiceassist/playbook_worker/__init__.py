"""Playbook work in a process of its own: checking, editing, trying and compiling what people are working on.

RE2 holds Python's lock while it compiles, so a draft compiled in the server's process would stop every call for up
to a second. `worker.py` is the server's side, `__main__.py` the process, `work.py` what it can do.
"""
