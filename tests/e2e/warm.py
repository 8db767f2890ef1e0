"""What the process holds from which `forked.py` forks servers: the program, and its playbooks compiled.

Starts no thread and opens no file for longer than it reads it: neither would outlive a fork.
"""

import voiceassist.cli.serve  # noqa: F401 - it is imported to be there
from voiceassist.playbooks import DEFAULTS, load_playbook
from voiceassist.trials.compiled import compile_playbook

for language in DEFAULTS:
    compile_playbook(load_playbook(None, language))
