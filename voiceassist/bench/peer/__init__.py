"""Our engines beside the loops that their libraries publish, on the same audio: `voiceassist bench peer`.

Never part of a call. `library_streams.py` and `server_loop.py` are those loops, made to look like engines;
`pairs.py` says which stands beside which; `runs.py` has both hear the same clips, each in a process of its own;
`figures.py` makes calls per core, word errors and delays of it. Next: `cli/bench/peer.py` prints them.
"""
