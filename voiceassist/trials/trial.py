"""Tries a playbook on a few sentences: `try_turns(playbook, turns, tier, today, had) -> Trial`.

Runs a real `Call` over finals whose words follow one another at an even pace, so what comes out is what would come
in a call. Pure: what day it is comes as an argument. Next: `voiceassist playbook try`, the playbook page, and
`example_runs.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voiceassist.core.call.call import Call
from voiceassist.core.call.card_text import TURNS_BACK
from voiceassist.core.call.offers import STANDARD, OfferShown, asker_of, offers_explained
from voiceassist.core.playbook.model import GENERAL, Playbook
from voiceassist.core.topics.choose import TopicChoice, choose_topic
from voiceassist.events import (
    CallStarted,
    Cue,
    Customer,
    Event,
    Final,
    Layer,
    PastOffer,
    Person,
    Prompt,
    Reach,
    ReachLimit,
    Speaker,
    Tier,
    Word,
)

WORD_MS = 300  # the pace of calm speech
PAUSE_MS = 800  # between two turns
TrialTurn = tuple[Speaker, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCue:
    """A cue of the last turn, and where it stands in it."""

    kind: str
    layer: Layer
    rule: str
    confidence: float  # 0..1
    words: str
    first_word: int  # counted from 0 in the words of the turn as spaces separate them
    last_word: int  # inclusive
    reach: Reach = "alert"
    reach_limit: ReachLimit = ""  # why it goes no further


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the last turn brings."""

    cues: tuple[TrialCue, ...]
    card: Prompt | None
    card_name: str  # of the playbook; empty without a card
    topic: TopicChoice | None  # what a refusal is about, or what the customer asks for
    offers: tuple[OfferShown, ...]  # all alternatives of the topic's policy


def try_turns(
    playbook: Playbook,
    turns: Sequence[TrialTurn],
    tier: Tier = STANDARD,
    today: str = "",
    had: tuple[PastOffer, ...] = (),
) -> Trial:
    """What the last of these turns brings, after the ones before it. Needs at least one turn.

    `today` is an ISO 8601 date; without it, dates of alternatives make no difference. `had` is what the customer
    took in earlier calls.
    """
    call = Call(playbook)
    started = _started(playbook, tier, today, had)
    call.handle(started)
    events: list[Event] = []
    finals = _finals(turns, playbook.limits.breath_ms)
    for final in finals:
        events = call.handle(final)
    cues = tuple(_cue(event, finals[-1]) for event in events if _is_of(event, finals[-1]))
    card = next((event for event in reversed(events) if isinstance(event, Prompt)), None)
    topic = _topic(playbook, turns, cues)
    return Trial(
        cues=cues,
        card=card,
        card_name=call.card_name(card.prompt_id) if card else "",
        topic=topic,
        offers=offers_explained(topic.policy, asker_of(started)) if topic else (),
    )


def _topic(playbook: Playbook, turns: Sequence[TrialTurn], cues: Sequence[TrialCue]) -> TopicChoice | None:
    speaker, text = turns[-1]
    asked = [said.split() for by, said in reversed(turns) if by == "customer"][:TURNS_BACK]
    choice = choose_topic(playbook, text.split() if speaker == "agent" else (), asked)
    if speaker == "customer":
        return choice if choice.policy.id != GENERAL else None
    return choice if any(cue.kind == "refusal" for cue in cues) else None


def _is_of(event: Event, final: Final) -> bool:
    return isinstance(event, Cue) and (event.speaker, event.utterance) == (final.speaker, final.utterance)


def _cue(event: Event, final: Final) -> TrialCue:
    assert isinstance(event, Cue)
    first = (event.start_ms - final.start_ms) // WORD_MS
    last = (event.end_ms - final.start_ms) // WORD_MS - 1
    return TrialCue(
        kind=event.kind,
        layer=event.layer,
        rule=event.rule,
        confidence=event.confidence,
        words=" ".join(final.text.split()[first : last + 1]),
        first_word=first,
        last_word=last,
        reach=event.reach,
        reach_limit=event.reach_limit,
    )


def _started(playbook: Playbook, tier: Tier, today: str, had: tuple[PastOffer, ...]) -> CallStarted:
    return CallStarted(
        at_ms=0,
        started_at=f"{today}T12:00:00+00:00" if today else "",
        agent=Person(id="trial", name=""),
        customer=Customer(id="trial", name="", tier=tier),
        source="trial",
        engine="trial",
        language=playbook.language,
        playbook=playbook.label,
        playbook_hash=playbook.hash,
        past_offers=had,
        kinds=playbook.kinds,
    )


def _finals(turns: Sequence[TrialTurn], breath_ms: int) -> list[Final]:
    """One final each; a speaker who goes on in a turn of its own has paused for more than a breath."""
    finals = list[Final]()
    for number, (speaker, text) in enumerate(turns, start=1):
        goes_on = bool(finals) and finals[-1].speaker == speaker
        pause_ms = max(PAUSE_MS, breath_ms if goes_on else 0)
        start_ms = finals[-1].end_ms + pause_ms if finals else 0
        finals.append(_final(speaker, text, number, start_ms))
    return finals


def _final(speaker: Speaker, text: str, utterance: int, start_ms: int) -> Final:
    words = tuple(
        Word(text=word, start_ms=start_ms + i * WORD_MS, end_ms=start_ms + (i + 1) * WORD_MS, confidence=1.0)
        for i, word in enumerate(text.split())
    )
    end_ms = start_ms + len(words) * WORD_MS
    return Final(
        at_ms=end_ms,
        speaker=speaker,
        utterance=utterance,
        text=text,
        words=words,
        start_ms=start_ms,
        end_ms=end_ms,
        confidence=1.0,
    )
