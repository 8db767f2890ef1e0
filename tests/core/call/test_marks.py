"""Notes, tags and corrected lines of a call: who may change what, what stands, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import drive, final, hangup, live_call, records, started
from voiceassist.actions import Action, AddNote, CallMoment, ChangeNote, CorrectLine, SetTag
from voiceassist.core.call.notes import NOTES, notes_in
from voiceassist.core.call.tags import TAGS, folded
from voiceassist.core.screen.state import apply, replay
from voiceassist.core.screen.views import CallState
from voiceassist.core.screen.wall import row_of
from voiceassist.errors import ActionError
from voiceassist.events import Event, LineCorrected, Record
from voiceassist.exports.kinds import DocumentWish, written
from voiceassist.finished_calls import acted_on

AT = "2026-11-21T10:10:00.000+00:00"
HEARD = final("customer", "I want a fund today", at=1_000)
CARD = final("customer", "my card is *** *** and that is it", at=4_000, utterance=2)
OVER: list[Event] = [started(), HEARD, CARD, hangup(20_000)]


def add(text: str, by: str = "Sam", login: str = "sam", **more: object) -> AddNote:
    return AddNote(at_ms=0, by=by, login=login, text=text, done_at=AT, **more)  # type: ignore[arg-type]


def change(id_: str, text: str | None = None, *, deleted: bool = False, login: str = "sam") -> ChangeNote:
    return ChangeNote(at_ms=0, note_id=id_, by="Sam", login=login, text=text, deleted=deleted, done_at=AT)


def tag(text: str, *, on: bool = True) -> SetTag:
    return SetTag(at_ms=0, by="Sam", tag=text, on=on, done_at=AT)


def correct(text: str | None, utterance: int = 1, **more: object) -> CorrectLine:
    return CorrectLine(at_ms=0, by="Sam", speaker="customer", utterance=utterance, text=text, **more)  # type: ignore[arg-type]


def after(*actions: Action, events: list[Event] | None = None) -> list[Record]:
    """The records of a finished call in which people do this."""
    told = list(records(events or OVER))
    for action in actions:
        new = acted_on(row_of(told), told, action)
        told = list(records([*(record.event for record in told), *new]))
    return told


def state_after(*actions: Action) -> CallState:
    return replay(after(*actions))


def refused(*actions: Action) -> str:
    with pytest.raises(ActionError) as error:
        after(*actions)
    return error.value.code


# ---- notes -----------------------------------------------------------------------------------------------


def test_a_note_has_a_place_and_is_changed_deleted_and_brought_back_by_whoever_wrote_it() -> None:
    place = CallMoment(at_ms=1_000, speaker="customer", utterance=1)
    written = add("  Listen to this. ", place=place, mentions=("kim",))
    (note,) = state_after(written).notes
    assert (note.note_id, note.text, note.place, note.mentions) == ("n1", "Listen to this.", place, ("kim",))
    (note,) = state_after(written, change("n1", "Never mind.")).notes
    assert (note.text, note.place, note.mentions, note.done_at) == ("Never mind.", place, (), AT)
    deleted = (written, change("n1", "Never mind."), change("n1", deleted=True))
    assert state_after(*deleted).notes == ()
    assert state_after(*deleted, change("n1")).notes == (note,)


def test_a_note_is_changed_by_its_author_alone_also_by_nobody_of_the_same_name() -> None:
    assert refused(add("Mine."), change("n1", "Yours.", login="sam2")) == "note_not_yours"
    assert refused(add("Mine."), change("n2", "Whose?")) == "unknown_note"
    assert refused(add("   ")) == refused(add("Mine."), change("n1", " ")) == "empty_note"


def test_what_is_so_already_changes_nothing() -> None:
    assert len(after(add("One."), change("n1", "One."), change("n1"), tag("a"), tag("A"), tag("b", on=False))) == 6


def test_a_call_takes_so_many_notes_and_no_more() -> None:
    full = notes_in([])
    for number in range(NOTES):
        full.carry_out(add(f"{number}"))
    with pytest.raises(ActionError, match="500 notes"):
        full.carry_out(add("one more"))


def test_notes_and_tags_are_taken_in_a_live_call_and_corrections_after_it() -> None:
    call = live_call()
    drive(call, [HEARD, add("Live."), tag("vip")])
    assert [type(event).__name__ for event in call.handle(change("n1", "Live!"))] == ["NoteChanged"]
    with pytest.raises(ActionError, match="after the call"):
        call.handle(correct("I want a refund today"))


# ---- tags ------------------------------------------------------------------------------------------------


def test_the_same_tag_is_there_once_however_it_is_written() -> None:
    told = state_after(tag("  Late   fees "), tag("LATE FEES"), tag("Reclamación"), tag("reclamacion"))
    assert [one.text for one in told.tags] == ["Late fees", "Reclamación"]
    assert state_after(tag("Late fees"), tag("late FEES", on=False)).tags == ()


def test_a_blank_tag_and_one_too_many_are_refused() -> None:
    assert refused(tag("  ")) == refused(tag("a\u200bb")) == "bad_tag"
    assert refused(*(tag(f"tag {number}") for number in range(TAGS + 1))) == "tags_full"


@given(st.text(min_size=1, max_size=40))
def test_a_folded_tag_folds_to_itself(text: str) -> None:
    assert folded(folded(text)) == folded(text)


# ---- corrected lines -------------------------------------------------------------------------------------


def corrections(*actions: Action) -> tuple[LineCorrected, ...]:
    return state_after(*actions).corrections


def test_a_corrected_word_has_the_time_of_what_was_heard_and_the_rest_stays() -> None:
    (line,) = corrections(correct("I want a refund today"))
    assert [word.text for word in line.words] == ["I", "want", "a", "refund", "today"]
    assert [(word.start_ms, word.end_ms) for word in line.words] == [(w.start_ms, w.end_ms) for w in HEARD.words]
    assert (line.by, line.said_by, line.corrected) == ("Sam", "customer", True)


def test_more_words_than_were_heard_share_their_time_and_fewer_leave_the_others_where_they_are() -> None:
    (line,) = corrections(correct("I want all of it back today"))
    assert [word.text for word in line.words] == ["I", "want", "all", "of", "it", "back", "today"]
    assert (line.words[2].start_ms, line.words[5].end_ms) == (HEARD.words[2].start_ms, HEARD.words[3].end_ms)
    (line,) = corrections(correct("want a fund"))
    assert line.words == HEARD.words[1:4]


def test_a_line_said_by_the_other_side_is_theirs_and_can_be_given_back() -> None:
    (line,) = corrections(correct(None, said_by="agent"))
    assert (line.said_by, line.text, line.words) == ("agent", HEARD.text, HEARD.words)
    assert corrections(correct(None, said_by="agent"), correct(None)) == ()


def test_a_correction_that_says_what_was_heard_takes_the_one_before_back() -> None:
    assert corrections(correct("I want a refund today"), correct(HEARD.text)) == ()
    assert len(after(correct(HEARD.text))) == len(OVER)


def test_the_cues_and_what_was_heard_stay_as_they_were() -> None:
    state = state_after(correct("I want a refund today"))
    assert state.finals == (HEARD, CARD)


def test_masked_words_stay_masked_and_nothing_private_comes_back() -> None:
    assert refused(correct("my card is here and that is it", 2)) == "line_masked"
    assert corrections(correct("my card is 4111 1111 and that is it", 2)) == ()
    (line,) = corrections(correct("my new card is *** *** four one and that was it", 2))
    assert line.text == "my new card is *** *** *** *** and that was it"
    (line,) = corrections(correct("my card is 4929 1234 5678 9012 ok"))
    assert "4929" not in line.text
    assert "***" in line.text


def test_a_line_that_is_not_there_and_text_that_is_none_are_refused() -> None:
    assert refused(correct("hello", 9)) == "unknown_line"
    assert refused(correct("  ")) == refused(correct("a\u200bb")) == "bad_line"


def test_exports_say_what_was_really_said_and_by_whom() -> None:
    state = state_after(correct("I want a refund today", said_by="agent"))
    captions = written(state, "vtt", DocumentWish()).decode()
    assert "<v Agent>I want a refund today" in captions
    assert "fund today" not in captions.replace("refund today", "")


WORDS = st.lists(st.sampled_from(["I", "want", "a", "fund", "today", "refund", "please", "***"]), min_size=1)


@given(WORDS)
def test_the_words_of_any_correction_follow_each_other_within_the_line(said: list[str]) -> None:
    for line in corrections(correct(" ".join(said))):
        times = [moment for word in line.words for moment in (word.start_ms, word.end_ms)]
        assert times == sorted(times)
        assert HEARD.start_ms <= times[0] <= times[-1] <= HEARD.end_ms
        assert " ".join(word.text for word in line.words) == line.text


ANY = st.one_of(
    st.builds(add, st.sampled_from(["a", "b"])),
    st.builds(change, st.sampled_from(["n1", "n2"]), st.sampled_from([None, "c"]), deleted=st.booleans()),
    st.builds(tag, st.sampled_from(["x", "X", "y"]), on=st.booleans()),
    st.builds(correct, st.sampled_from([None, "I want a refund", "a fund"]), st.just(1)),
)


@given(st.lists(ANY, max_size=12), st.integers(0, 12))
def test_an_old_snapshot_and_the_rest_are_a_fresh_snapshot(actions: list[Action], cut: int) -> None:
    told = list(records(OVER))
    for action in actions:
        try:
            new = acted_on(row_of(told), told, action)
        except ActionError:
            continue
        told = list(records([*(record.event for record in told), *new]))
    at = max(1, min(len(told), cut))
    state = replay(told[:at])
    for record in told[at:]:
        state = apply(state, record)
    assert state == replay(told)
