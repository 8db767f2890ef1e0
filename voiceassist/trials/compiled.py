"""Compiles everything of a playbook that calls look for, ahead of the first call that needs it.

What is compiled is kept by the modules that use it. Next: whoever puts a playbook into service, and
`voiceassist playbook check`.
"""

from voiceassist.core.call.absences import absence_patterns
from voiceassist.core.call.card_text import unwelcome_phrases
from voiceassist.core.cues.classified import exception_patterns
from voiceassist.core.cues.matchers import matcher_for
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.topics.index import topic_index
from voiceassist.events import SPEAKERS


def compile_playbook(playbook: Playbook) -> None:
    """Takes a second or two for the first English playbook of a process, on one core.

    Another one takes a third of a second, a draft with a few changes a tenth: the rest is kept from before.
    Raises PlaybookError when the phrases are too large together.
    """
    for speaker in SPEAKERS:
        matcher_for(playbook, speaker)
    exception_patterns(playbook)
    topic_index(playbook)
    absence_patterns(playbook)
    unwelcome_phrases(playbook)
