"""Lines of a call that is over, corrected by somebody who has heard it.

Cues, cards and alerts stay: they say what was decided by what was heard. Pure.
Next: `finished_calls.py` gives the event back.
"""

from collections.abc import Mapping, Sequence

from voiceassist.actions import CorrectLine
from voiceassist.core.words.announced import Kind, Treatment
from voiceassist.core.words.corrected import corrected_words, masked_correction
from voiceassist.core.words.languages import NEUTRAL, language_rules
from voiceassist.core.words.visible import hidden_in
from voiceassist.errors import ActionError
from voiceassist.events import CallStarted, Event, Final, LineCorrected

MASKS: Mapping[Kind, Treatment] = {}
"""What is private is masked whatever the playbook kept: it is no longer known which words it was heard with."""


def correct_line(events: Sequence[Event], action: CorrectLine) -> list[Event]:
    """What follows; nothing where it is so already. `events`: all of the call. Raises ActionError."""
    heard = _heard(events, action)
    text = _masked(events[0], heard, action.text)
    change = LineCorrected(
        at_ms=action.at_ms,
        speaker=heard.speaker,
        utterance=heard.utterance,
        text=text,
        words=heard.words if text == heard.text else corrected_words(heard, text),
        said_by=action.said_by or heard.speaker,
        by=action.by,
        corrected=(text, action.said_by or heard.speaker) != (heard.text, heard.speaker),
        done_at=action.done_at,
    )
    before = _standing(events, heard)
    return [] if _same(before, change) else [change]


def _heard(events: Sequence[Event], action: CorrectLine) -> Final:
    wanted = (action.speaker, action.utterance)
    for event in events:
        if isinstance(event, Final) and (event.speaker, event.utterance) == wanted:
            return event
    raise ActionError("unknown_line", f"this call has no line {action.utterance} of the {action.speaker}")


def _masked(started: Event, heard: Final, text: str | None) -> str:
    if text is None or text == heard.text:
        return heard.text
    written = " ".join(text.split())
    if not written or hidden_in(written):
        raise ActionError(
            "bad_line", "write what was said as one line of plain text; if it was nothing, leave the line"
        )
    language = language_rules(started.language) if isinstance(started, CallStarted) else NEUTRAL
    masked = masked_correction(heard, written, language, MASKS)
    if masked is None:
        told = "words of this line were masked, because they are private: leave every *** where it is"
        raise ActionError("line_masked", told)
    return masked


def _standing(events: Sequence[Event], heard: Final) -> LineCorrected | None:
    """What was said of the line last."""
    of_line = (
        event
        for event in reversed(events)
        if isinstance(event, LineCorrected)
        and (event.speaker, event.utterance) == (heard.speaker, heard.utterance)
    )
    return next(of_line, None)


def _same(before: LineCorrected | None, change: LineCorrected) -> bool:
    if before is None or not before.corrected:
        return not change.corrected
    return change.corrected and (before.text, before.said_by) == (change.text, change.said_by)
