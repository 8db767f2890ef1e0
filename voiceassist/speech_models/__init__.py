"""Speech models as folders on a disk: which are offered, bundled or installed, and how they come and go.

Never loads a recognizer: `asr/` does, with the folders that this room names. `installed.py` answers "what is
there", `pull.py`, `add.py` and `remove.py` change it.
"""
