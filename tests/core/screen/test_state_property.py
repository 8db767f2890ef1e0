"""Generated calls: old snapshot + records = fresh snapshot, and what must hold of every call."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import (
    conversation,
    drive,
    final,
    hangup,
    live_call,
    only,
    partial,
    partials_of,
    records,
    started,
    tick,
)
from voiceassist.actions import (
    AddNote,
    AnswerCoaching,
    AskHelp,
    ChangeAlert,
    DismissPrompt,
    PauseRecording,
    SayFine,
    SeeCoaching,
    SendCoaching,
    SetCardVolume,
    SetMute,
    UsePrompt,
    WithdrawCoaching,
)
from voiceassist.core.screen.state import CallStateBuilder, apply, open_call, replay
from voiceassist.core.screen.wall import apply_wall, is_for_wall, row_of
from voiceassist.errors import ActionError
from voiceassist.events import (
    SPEAKERS,
    AudioDoubted,
    CallIdentified,
    CrossTalkChanged,
    Cue,
    CueConfirmed,
    CueRetracted,
    Customer,
    DisclosureChanged,
    Event,
    Final,
    Input,
    LatenessChanged,
    LegMergeChanged,
    LineChanged,
    LineSoundChanged,
    Person,
    Prompt,
    PromptClosed,
    Record,
    RefusalClosed,
    is_durable,
)

PIECES = """
we can't do that | what I can do is offer you a store credit | no problem | I guarantee it | you have to pay |
you are an idiot | I will hurt you | this damn thing | I want to speak to a manager | my lawyer will sue you |
I have called three times | I want to buy a new phone | sure I'll add that right away | someone will call you |
but | um | my card is 4111 1111 1111 1111 | there is nothing I can do | this call is recorded |
I will send it to you by Friday | that comes to forty dollars
""".replace("\n", " ").split(" | ")

KIM = Person(id="kim", name="Kim", team="returns")
CUSTOMERS = (Customer(id="1", name="Eve"), Customer(id="2", name="Liu", tier="gold"))
SENTENCES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(" ".join)
LINES = st.tuples(st.sampled_from(SPEAKERS), SENTENCES)
CALLS = settings(max_examples=50)  # each one is a whole call


@st.composite
def actions(draw: st.DrawFn) -> Input:
    at = draw(st.integers(0, 90_000))
    number = draw(st.integers(1, 4))
    speaker = draw(st.sampled_from(SPEAKERS))
    choices: list[Input] = [
        tick(at),
        LineSoundChanged(at_ms=at, speaker=speaker, sound="music" if number % 2 else "none", since_ms=at),
        CrossTalkChanged(at_ms=at, speaker=speaker, level_db=-20 if number % 2 else None, delay_ms=number),
        AudioDoubted(at_ms=at, speaker=speaker if number % 2 else None, code="clipping", message="too loud"),
        LineChanged(at_ms=at, speaker=speaker, state="back" if number % 2 else "lost", until_ms=at + 20_000),
        LatenessChanged(at_ms=at, behind_ms=10_000 * (number % 3)),
        LegMergeChanged(at_ms=at, merged=number % 2 == 0, speaker=speaker),
        CallIdentified(at_ms=at, agent=KIM, customer=CUSTOMERS[number % 2], by="lookup"),
        SetMute(at_ms=at, muted=number % 2 == 0),
        SetCardVolume(at_ms=at, volume="more" if number % 2 else "fewer"),
        AskHelp(at_ms=at),
        PauseRecording(at_ms=at, by="Sue", paused=number % 2 == 0),
        SayFine(at_ms=at),
        UsePrompt(at_ms=at, prompt_id=f"p{number}"),
        DismissPrompt(at_ms=at, prompt_id=f"p{number}"),
        ChangeAlert(at_ms=at, alert_id=f"a{number}", state="acknowledged", by="Sue"),
        AddNote(at_ms=at, by="Sue", text="to be checked"),
        SendCoaching(at_ms=at, coaching_id=f"m{number}", by="Sue", text="card 4111 1111 1111 1111"),
        SeeCoaching(at_ms=at, coaching_id=f"m{number}", seen=number % 2 == 0),
        AnswerCoaching(at_ms=at, coaching_id=f"m{number}", by="Kim", answer="need_you"),
        WithdrawCoaching(at_ms=at, coaching_id=f"m{number}", by="Sue"),
        ChangeAlert(at_ms=at, alert_id="a1", state="resolved" if number % 2 else "open", by="Sam"),
    ]
    return draw(st.sampled_from(choices))


@st.composite
def calls(draw: st.DrawFn) -> list[Event]:
    """Everything that a plausible call gives: overlapping legs, misheard and late words, people's actions."""
    lines = draw(st.lists(LINES, min_size=1, max_size=8))
    pause = draw(st.sampled_from([-1500, 300, 900, 4000, 25_000]))
    inputs: list[Input] = []
    for item in conversation(*lines, pause=pause):
        misheard = draw(st.sampled_from([None, *PIECES]))
        if isinstance(item, Final) and misheard:
            inputs += partials_of(item.speaker, misheard, at=item.start_ms, utterance=item.utterance)
        delay_ms = draw(st.sampled_from([0, 0, 12_000])) if isinstance(item, Final) else 0
        inputs.append(replace(item, at_ms=item.at_ms + delay_ms))
        inputs += draw(st.lists(actions(), max_size=2))
    call = live_call()
    events: list[Event] = [started()]
    for item in inputs:
        try:
            events += call.handle(item)
        except ActionError:
            continue
    return events + (drive(call, [hangup(200_000)]) if draw(st.booleans()) else [])


@CALLS
@given(calls(), st.data())
def test_an_old_snapshot_and_the_rest_is_the_fresh_snapshot(events: list[Event], data: st.DataObject) -> None:
    every = list(records(events))
    cut = data.draw(st.integers(1, len(every)))
    state = replay(every[:cut])
    for record in every[max(0, cut - 3) :]:  # some of them again, as after a reconnect
        state = apply(state, record)
    assert state == replay(every)


@CALLS
@given(calls())
def test_a_state_that_was_handed_out_never_changes_again(events: list[Event]) -> None:
    first, *rest = records(events)
    builder = CallStateBuilder(open_call(first))
    handed_out = []
    for record in rest:
        builder.apply(record)
        handed_out.append((builder.state(), repr(builder.state())))
    assert [repr(state) for state, _ in handed_out] == [then for _, then in handed_out]


def test_a_record_of_a_three_hour_call_looks_at_no_earlier_line() -> None:
    said = [final(SPEAKERS[n % 2], "no problem", utterance=n // 2 + 1) for n in range(5_000)]
    builder = CallStateBuilder(replay(records([started(), *said])))
    builder.finals = Untouched(builder.finals)
    builder.apply(Record(call_id="c", seq=6_000, event=partial("agent", "no problem", utterance=2_501)))
    builder.apply(Record(call_id="c", seq=6_001, event=final("agent", "no problem", utterance=2_501)))
    assert len(builder.finals) == 5_001


class Untouched(list[Final]):
    """A list that may grow, but not be searched."""

    def __iter__(self) -> Iterator[Final]:
        raise AssertionError("somebody goes through all lines of the call")


@CALLS
@given(calls(), st.data())
def test_a_wall_row_and_the_rest_is_the_fresh_row(events: list[Event], data: st.DataObject) -> None:
    every = [record for record in records(events) if is_for_wall(record.event)]
    cut = data.draw(st.integers(1, len(every)))
    row = row_of(every[:cut])
    for record in every[cut:]:
        row = apply_wall(row, record)
    assert row == row_of(every)


@CALLS
@given(calls())
def test_a_finished_call_is_the_same_without_its_partials(events: list[Event]) -> None:
    stored = [record for record in records(events) if is_durable(record.event)]
    whole, kept = open_call(stored[0]), replay(stored)
    for record in records(events):
        whole = apply(whole, record)
    assert (whole.cues, whole.prompts, whole.alerts) == (kept.cues, kept.prompts, kept.alerts)


@CALLS
@given(calls())
def test_whatever_is_said_the_rules_hold(events: list[Event]) -> None:
    stamps = [event.at_ms for event in events]
    assert stamps == sorted(stamps)
    assert all(open_ <= 1 for late in (True, False) for open_ in _open_prompts(events, late=late))
    assert not [event for event in events if "4111" in repr(event)]
    _assert_cues_are_settled(events)
    _assert_disclosures_are_told_once(events)


def _assert_disclosures_are_told_once(events: list[Event]) -> None:
    told: dict[str, str] = {}
    for event in only(events, DisclosureChanged):
        assert event.state != told.get(event.disclosure), "nothing is told twice"
        assert told.get(event.disclosure) != "said", "what was said stays said"
        told[event.disclosure] = event.state


def _open_prompts(events: list[Event], *, late: bool) -> Iterator[int]:
    """How many cards, or notes, are on the screen after each event."""
    shown = {prompt.prompt_id: prompt for prompt in only(events, Prompt)}
    open_ = set[str]()
    for event in events:
        if isinstance(event, Prompt | PromptClosed) and shown[event.prompt_id].late is late:
            open_ ^= {event.prompt_id}
        yield len(open_)


def _assert_cues_are_settled(events: list[Event]) -> None:
    cues = {cue.cue_id: cue for cue in only(events, Cue)}
    assert len(cues) == len(only(events, Cue))
    settled = Counter(e.cue_id for e in events if isinstance(e, CueConfirmed | CueRetracted))
    assert settled == Counter(cue.cue_id for cue in cues.values() if cue.early)
    closed = Counter(event.cue_id for event in only(events, RefusalClosed))
    assert all(count == 1 and cues[cue_id].kind == "refusal" for cue_id, count in closed.items())
