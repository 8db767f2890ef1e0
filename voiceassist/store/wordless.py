"""What is left of a call's events when its transcript is deleted: no word that was said, quoted or noted. Pure.

What is only words goes whole; what also tells what happened (a cue, a card, an alert, a mark) stays without them.
`core/screen/state.py` does the same to what screens show.
Next: `parts.py` stores what is left.
"""

from dataclasses import replace

from voiceassist.events import (
    Alert,
    AlertChanged,
    AlertRepeated,
    CoachingAnswered,
    CoachingSent,
    Cue,
    Event,
    FalseAlarmMarked,
    Final,
    LineCorrected,
    NoteAdded,
    NoteChanged,
    NotUsefulMarked,
    PromiseHeard,
    Prompt,
    QuoteChanged,
    RefusalClosed,
    SummaryEdited,
    TagsChanged,
)

ONLY_WORDS = (Final, PromiseHeard, NoteAdded, NoteChanged, TagsChanged, LineCorrected, QuoteChanged)
ALSO_WORDS = (
    *(Cue, RefusalClosed, Prompt, Alert, AlertRepeated, AlertChanged, FalseAlarmMarked, NotUsefulMarked),
    *(CoachingSent, CoachingAnswered, SummaryEdited),
)


def without_words(event: Event) -> Event:
    """What is left of one of `ALSO_WORDS`; any other event as it is."""
    match event:
        case Cue() | RefusalClosed() | NotUsefulMarked():
            return replace(event, words="")
        case Prompt():
            return replace(event, why=replace(event.why, words=""))
        case Alert() | AlertRepeated():
            return replace(event, quote="", why=replace(event.why, words=""))
        case AlertChanged():
            return replace(event, note="")
        case CoachingSent() | CoachingAnswered():
            return replace(event, text="")
        case SummaryEdited():
            return replace(event, lines=())
        case FalseAlarmMarked():
            return replace(event, words="", said="", before="")
    return event
