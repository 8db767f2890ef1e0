"""What one call adds to reports, computed from its events: topics, offers, abuse, promises, disclosures. Pure.

What was retracted, or called a false alarm, never happened. A card that came anew is the same card.
Next: `fact_feed.py` keeps the rows, `report_sums.py` adds them up.
"""

from collections.abc import Mapping, Sequence

from voiceassist.core.call.incidents import true_incidents
from voiceassist.core.playbook.model import ABUSE_KINDS
from voiceassist.events import (
    Cue,
    CueRetracted,
    Event,
    PromiseHeard,
    PromiseMarked,
    Prompt,
    PromptClosed,
    RefusalClosed,
)
from voiceassist.kpis.numbers import disclosure_states, false_alarms, shown_cards
from voiceassist.store.facts import CallHead, refusal_rows
from voiceassist.store.rows import Row


def policy_rows(call: CallHead, events: Sequence[Event]) -> list[Row]:
    """One row per topic: what was refused, and what cards had to offer instead."""
    refusals = refusal_rows(call, events)
    cards = [(prompt, outcome) for prompt, outcome in shown_cards(events) if prompt.kind == "refusal"]
    topics = {row["topic"] for row in refusals} | {prompt.headline for prompt, _ in cards}
    return [
        _head(call)
        | {
            "topic": topic,
            **_refused([row["outcome"] for row in refusals if row["topic"] == topic]),
            **_offered([(p, outcome) for p, outcome in cards if p.headline == topic and p.alternatives]),
        }
        for topic in sorted(topics)
    ]


def _refused(outcomes: Sequence[str]) -> Mapping[str, int]:
    ended = {"recovered": outcomes.count("recovered"), "dead_ends": outcomes.count("dead_end")}
    return {"refusals": len(outcomes), "closed": sum(ended.values()), **ended}


def _offered(cards: Sequence[tuple[Prompt, str]]) -> Mapping[str, int]:
    return {"offered": len(cards), "taken": sum(outcome == "used" for _, outcome in cards)}


def alternative_rows(call: CallHead, events: Sequence[Event]) -> list[Row]:
    """One row per alternative that was on a card."""
    recovered = {e.cue_id for e in events if isinstance(e, RefusalClosed) and e.outcome == "recovered"}
    closed = [event for event in events if isinstance(event, PromptClosed)]
    chosen = {card.prompt_id: card.alternative for card in closed if card.outcome == "used"}
    rows: dict[tuple[str, str], Row] = {}
    for prompt, _ in shown_cards(events):
        playbook = prompt.why.playbook.rpartition("@")[0]
        for one in prompt.alternatives:
            row = rows.setdefault((playbook, one.id), {"text": "", "offered": 0, "taken": 0, "recovered": 0})
            taken = chosen.get(prompt.prompt_id) == one.id
            row["text"] = one.text
            row["offered"] += 1
            row["taken"] += taken
            row["recovered"] += taken and prompt.why.cue_id in recovered
    return [_head(call) | {"playbook": key[0], "alternative": key[1]} | row for key, row in sorted(rows.items())]


def abuse_rows(call: CallHead, events: Sequence[Event]) -> list[Row]:
    """One row per thing that a customer did to the agent."""
    untrue = {event.cue_id for event in events if isinstance(event, CueRetracted)}
    untrue |= false_alarms(events, true_incidents(events))
    return [
        _head(call) | {"cue_id": cue.cue_id, "kind": cue.kind, "at_us": call.started_us + cue.at_ms * 1000}
        for cue in events
        if isinstance(cue, Cue) and cue.kind in ABUSE_KINDS and cue.reach != "colour" and cue.cue_id not in untrue
    ]


def promise_rows(call: CallHead, events: Sequence[Event]) -> list[Row]:
    """One row per promise of the agent by a day or a time, with what people said of it."""
    marks = {(mark.utterance, mark.start_ms): mark for mark in events if isinstance(mark, PromiseMarked)}
    return [
        _head(call)
        | {
            "utterance": promise.utterance,
            "start_ms": promise.start_ms,
            "words": promise.words,
            "due": promise.when,
            "outcome": mark.outcome if mark else "",
            "marked_by": mark.by if mark and mark.outcome else "",
        }
        for promise in events
        if isinstance(promise, PromiseHeard)
        for mark in [marks.get((promise.utterance, promise.start_ms))]
    ]


def disclosure_rows(call: CallHead, events: Sequence[Event]) -> list[Row]:
    """One row per thing that had to be said: whether it was, and in time."""
    return [
        _head(call)
        | {
            "disclosure": told[-1].disclosure,
            "title": told[-1].title,
            "said": int("missed" not in states and states[-1] == "said"),
            "late": int("missed" in states and states[-1] == "said"),
            "missed": int(states[-1] == "missed"),
        }
        for told in disclosure_states(events)
        for states in [[one.state for one in told]]
    ]


def _head(call: CallHead) -> Row:
    """The columns that every table of a period has."""
    agent = {"agent_id": call.agent_id, "agent_name": call.agent_name, "agent_team": call.agent_team}
    return {"started_us": call.started_us, "call_id": call.call_id} | agent
