"""A call as people have corrected it: for whoever shows, exports or quotes what was said. Pure.

Never for what was decided in the call: cues, cards and alerts keep the words that were heard.
Next: `server/call_export.py` and `store/clips.py`.
"""

from dataclasses import replace

from voiceassist.core.screen.views import CallState
from voiceassist.core.words.corrected import corrected, corrections_of


def as_corrected(call: CallState) -> CallState:
    """The same with its lines as they really were."""
    if not call.corrections:
        return call
    standing = corrections_of(call.corrections)
    return replace(call, finals=tuple(corrected(final, standing) for final in call.finals))
