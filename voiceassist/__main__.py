"""`python -m voiceassist` is the `voiceassist` command."""

from voiceassist.cli import main

main()
