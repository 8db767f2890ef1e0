"""What a summary tells of a call, and that it tells nothing else."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Line, conversation, started
from tests.stored_calls import SELDOM, SENTENCES
from tests.summary.calls import IDLE_TALK, RETURN, RETURN_ES, extract_of, numbered, records_of
from voiceassist.actions import ChangeAlert, MarkFalseAlarm, UsePrompt
from voiceassist.core.call.call import Call
from voiceassist.core.words.turns import words_of
from voiceassist.events import (
    CallEnded,
    CallFailed,
    DisclosureChanged,
    DisclosureState,
    Event,
    Final,
    PartDeleted,
    PromiseHeard,
    Record,
    Speaker,
)
from voiceassist.summary.extract import MOST, Extract, extract
from voiceassist.summary.items import Section, SummaryItem
from voiceassist.summary.text import TEXT_LANGUAGES, as_markdown, as_text, lines_of


def told(made: Extract, section: Section) -> list[SummaryItem]:
    return [item for item in made.items if item.section == section]


def said(item: SummaryItem) -> list[str]:
    return [quote.words for quote in item.quotes]


def test_the_reason_of_a_call_is_the_customers_own_first_request() -> None:
    reason, topic = told(extract_of(*RETURN), "reason")
    assert said(reason) == ["hi i would like to return the coffee machine i bought it six weeks ago"]
    assert (topic.code, topic.name) == ("topic", "Return after the deadline: say what is possible")


def test_a_later_request_is_told_as_one() -> None:
    assert [said(item) for item in told(extract_of(*RETURN), "asked")] == [
        ["okay and can you send me the receipt again"]
    ]


def test_a_request_goes_on_in_the_lines_that_follow_it_at_once() -> None:
    made = extract_of(
        ("customer", "i would like to ask about my bill"), ("customer", "the one from may"), ("agent", "of course")
    )
    (reason,) = told(made, "reason")
    assert said(reason) == ["i would like to ask about my bill", "the one from may"]


def test_a_refusal_is_told_with_its_words_its_topic_and_how_long_its_alternative_took() -> None:
    (refusal,) = told(extract_of(*RETURN), "refused")
    assert (refusal.code, refusal.after_ms) == ("recovered", 5_800)
    assert said(refusal) == ["i'm sorry we can't do that our policy is thirty days"]


def test_a_refusal_without_an_alternative_is_a_dead_end() -> None:
    (refusal,) = told(extract_of(*RETURN[:3], ("customer", "oh no")), "refused")
    assert refusal.code == "dead_end"


def test_what_was_offered_is_told_by_card_and_by_the_agents_words() -> None:
    card, words = told(extract_of(*RETURN), "offered")
    assert (card.code, card.name.split("; ")[0]) == ("card", "Store credit for the full price")
    assert said(words) == ["what i can do is offer you a store credit for the full price"]


def test_an_alternative_that_the_agent_marked_is_taken() -> None:
    def used(call: Call) -> list[Event]:
        return call.handle(UsePrompt(at_ms=20_000, prompt_id="p1", alternative="store_credit"))

    made = extract(records_of(*RETURN[:3], more=used))
    assert [item.name for item in told(made, "taken")] == ["Store credit for the full price"]
    assert told(extract_of(*RETURN[:3]), "taken") == []


def test_a_promise_has_its_owner_and_its_day_and_one_without_a_day_says_so() -> None:
    dated, vague = told(extract_of(*RETURN), "promised")
    assert (dated.by, dated.when, said(dated)) == (
        "Anna Reed",
        "by friday",
        ["i will send you the receipt by friday"],
    )
    assert (vague.code, said(vague)) == ("vague", ["someone will call you back"])


def test_a_promise_over_two_lines_quotes_both() -> None:
    made = extract_of(("agent", "i will call you back"), ("agent", "by friday"))
    (promise,) = told(made, "promised")
    assert said(promise) == ["i will call you back", "by friday"]


def test_what_must_be_said_links_to_the_line_that_says_it() -> None:
    made = extract_of(*RETURN)
    (notice,) = told(made, "disclosures")
    assert (notice.code, notice.name) == ("disclosed", "Notice of recording")
    assert notice.seq == next(line.seq for line in CALL if isinstance(line.event, Final))


CALL = records_of(*RETURN)


def test_what_was_said_too_late_is_told_as_such() -> None:
    def changed(state: DisclosureState, at_ms: int) -> DisclosureChanged:
        return DisclosureChanged(
            at_ms=at_ms, disclosure="notice", title="Notice", speaker="agent", state=state, due_ms=9_000
        )

    finals: list[Event] = [one for one in conversation(*IDLE_TALK) if isinstance(one, Final)]
    begin, end = started(), CallEnded(at_ms=60_000, reason="hangup")
    late = extract(numbered([begin, changed("missed", 9_000), *finals, changed("said", 20_000), end]))
    assert [item.code for item in told(late, "disclosures")] == ["disclosed_late"]
    withdrawn = extract(numbered([begin, changed("due", 0), changed("withdrawn", 9_000), *finals, end]))
    assert told(withdrawn, "disclosures") == []


def test_an_alert_is_told_with_its_words_and_who_took_care() -> None:
    def care(call: Call) -> list[Event]:
        taken = ChangeAlert(at_ms=50_000, alert_id="a1", state="acknowledged", by="Sam")
        done = ChangeAlert(at_ms=60_000, alert_id="a1", state="resolved", by="Sam", reason="helped")
        return [*call.handle(taken), *call.handle(done)]

    (alert,) = told(extract(records_of(*RETURN, more=care)), "alerts")
    assert (alert.level, alert.state, alert.by, alert.reason) == ("warning", "resolved", "Sam", "helped")
    assert said(alert) == ["this is ridiculous you are an idiot"]


def test_a_false_alarm_is_left_out() -> None:
    def marked(call: Call) -> list[Event]:
        return call.handle(MarkFalseAlarm(at_ms=50_000, cue_id="c1", by="Sam"))

    made = extract(records_of(*RETURN, more=marked))
    assert told(made, "refused") == []
    assert not [item for item in told(made, "end") if item.code == "outcomes"]


def test_a_call_without_requests_refusals_or_promises_tells_only_its_end() -> None:
    made = extract_of(*IDLE_TALK)
    assert {item.section for item in made.items} <= {"end", "disclosures"}
    assert [item.code for item in told(made, "end")] == ["last_words", "last_words", "hangup"]


def test_a_call_in_which_nobody_spoke_has_an_end() -> None:
    made = extract(numbered([started(), CallEnded(at_ms=9_000, reason="idle")]))
    assert [item.code for item in made.items] == ["idle"]


def test_a_failed_call_says_so_and_one_that_goes_on_has_no_last_words() -> None:
    failed = extract(numbered([started(), CallFailed(at_ms=9_000, error="no disk")]))
    assert [item.code for item in failed.items] == ["failed"]
    live = extract(records_of(*IDLE_TALK, end_ms=None))
    assert [item.code for item in told(live, "end")] == ["live"]


def test_without_its_words_a_call_quotes_nothing() -> None:
    gone = PartDeleted(at_ms=300_000, part="transcript", by="voiceassist", done_at="")
    kept = [one.event for one in CALL if not isinstance(one.event, Final | PromiseHeard)]
    made = extract(numbered([*kept, gone]))
    assert made.words_deleted
    assert not any(item.quotes for item in made.items)
    assert [item.code for item in told(made, "refused")] == ["recovered"]


def test_masked_words_stay_masked() -> None:
    made = extract_of(("customer", "i would like to pay with card number 4111 1111 1111 1111 please"))
    text = as_text(started(), lines_of(made.items, "en"), "en", edited_by="")
    assert "***" in text
    assert "4111" not in text


def test_a_spanish_call_is_told_in_its_own_words() -> None:
    made = extract_of(*RETURN_ES, es=True)
    assert said(told(made, "reason")[0]) == [
        "buenos días quiero devolver la cafetera que compré hace seis semanas"
    ]
    assert [item.code for item in told(made, "refused")] == ["recovered"]
    assert [item.when for item in told(made, "promised")] == ["antes del viernes"]


def test_very_many_requests_are_cut_with_their_number() -> None:
    turns: list[Line] = [("customer", "can i have another blue one please"), ("agent", "yes of course")]
    asked = told(extract_of(*(turns * (MOST + 5))), "asked")
    assert len(asked) == MOST + 1
    assert (asked[-1].code, asked[-1].counts) == ("more", (4,))


SPEAKERS: tuple[Speaker, ...] = ("customer", "agent")
LINES = st.lists(
    st.sampled_from(
        [(speaker, text) for speaker in SPEAKERS for text in (*SENTENCES[speaker], *SELDOM[speaker])] + [*RETURN]
    ),
    max_size=14,
)


@given(LINES)
@settings(max_examples=60, deadline=None)
def test_every_quote_is_in_its_line_and_every_link_leads_to_one(lines: list[Line]) -> None:
    records = records_of(*lines)
    by_seq = {one.seq: one.event for one in records if isinstance(one.event, Final)}
    made = extract(records)
    for item in made.items:
        assert item.seq == 0 or item.seq in by_seq
        for quote in item.quotes:
            line = by_seq[quote.seq]
            assert quote.words in " ".join(words_of(line))
            assert quote.speaker == line.speaker
            assert line.start_ms <= quote.start_ms <= line.end_ms
        assert not item.when or item.when in " ".join(said(item))


@given(LINES)
@settings(max_examples=30, deadline=None)
def test_the_same_records_give_the_same_text_and_nothing_becomes_markup(lines: list[Line]) -> None:
    records = records_of(*lines)
    for language in TEXT_LANGUAGES:
        texts = {
            as_markdown(started(), lines_of(extract(records).items, language), language, edited_by="")
            for _ in "12"
        }
        assert len(texts) == 1


def test_words_that_look_like_markup_are_escaped() -> None:
    made = extract_of(("customer", "i would like to <b> *buy* [this](x) one"))
    markdown = as_markdown(replace(started()), lines_of(made.items, "en"), "en", edited_by="")
    assert r"\<b\> \*buy\* \[this\](x)" in markdown


def test_lines_say_where_they_are_heard_and_only_with_a_link() -> None:
    lines = lines_of(extract(CALL).items, "en")
    assert all((line.seq > 0) == (line.from_ms is not None) for line in lines)
    text = as_text(started(), lines, "en", edited_by="Sam")
    assert "- 0:05 “hi i would like to return" in text
    assert "Edited by Sam." in text


def test_an_unknown_record_in_between_changes_nothing() -> None:
    shifted = [Record(call_id=one.call_id, seq=one.seq * 3, event=one.event) for one in CALL]
    assert [item.code for item in extract(shifted).items] == [item.code for item in extract(CALL).items]
