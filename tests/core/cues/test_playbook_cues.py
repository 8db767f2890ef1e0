"""What a playbook changes about the built-in cues: rules switched off, exceptions, early firing, sensitivity."""

from tests.builders import conversation, drive, live_call, only
from tests.core.playbooks import TEXT, tiny
from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.playbook.model import Playbook
from voiceassist.events import Cue, Prompt
from voiceassist.playbook_file.parse import parse_cues, parse_playbook

BUILTIN = parse_cues(
    [
        (
            "cues.yaml",
            "cues: {refusal: {rules: {by_policy: {phrases: [our policy]}, flat: {phrases: [no chance]}}}}",
        )
    ],
    "en",
)


def with_cues(fields: str) -> Playbook:
    text = TEXT.replace("  refusal: {rules: {plain: {phrases: [no way]}}}", f"  refusal: {{{fields}}}")
    return parse_playbook(text, "tiny.yaml", BUILTIN)


def rules_in(book: Playbook, text: str) -> list[str]:
    return [match.rule for match in find_cues(book, "agent", text.split(), Context())]


def test_a_playbook_has_the_built_in_rules_and_its_own() -> None:
    book = with_cues("rules: {own: {phrases: [certainly not]}}")
    assert rules_in(book, "that is our policy") == ["refusal.by_policy"]
    assert rules_in(book, "certainly not") == ["refusal.own"]


def test_a_built_in_rule_that_is_switched_off_does_not_fire() -> None:
    book = with_cues("off: [refusal.by_policy]")
    assert rules_in(book, "that is our policy") == []
    assert rules_in(book, "no chance") == ["refusal.flat"]


def test_an_exception_keeps_built_in_rules_and_own_rules_quiet() -> None:
    book = with_cues("except: [slim to no chance, certainly not yet], rules: {own: {phrases: [certainly not]}}")
    assert rules_in(book, "there is no chance") == ["refusal.flat"]
    assert rules_in(book, "a slim to no chance thing") == []
    assert rules_in(book, "certainly not yet") == []
    assert book.exceptions == {"refusal": ("slim to no chance", "certainly not yet")}


def test_a_cue_that_may_not_fire_early_waits_for_the_end_of_the_sentence() -> None:
    book = with_cues("early: false, rules: {own: {phrases: [certainly not]}}")
    assert {rule.id: rule.early for rule in book.rules if rule.kind == "refusal"} == {
        "refusal.by_policy": False,
        "refusal.flat": False,
        "refusal.own": False,
    }


def test_the_classifiers_sensitivity_is_kept_for_each_kind() -> None:
    assert with_cues("sensitivity: low").sensitivity == {"refusal": "low"}
    assert with_cues("sensitivity: normal").sensitivity == {}


# ---- cards that stay away ----


def cards(book: Playbook, *lines: tuple[str, str]) -> list[str]:
    return [card.headline for card in only(drive(live_call(with_playbook=book), conversation(*lines)), Prompt)]  # type: ignore[arg-type]


def test_a_card_does_not_come_when_its_exception_was_just_said_by_either_side() -> None:
    book = tiny(("priority: 50", "priority: 50, not_when: [just joking]"))
    assert cards(book, ("agent", "no way")) == ["Anything"]
    assert cards(book, ("agent", "no way just joking")) == []
    assert cards(book, ("customer", "i am just joking"), ("agent", "no way")) == []
    assert cards(book, ("customer", "i am just joking"), ("customer", "hello"), ("agent", "no way")) == []


def test_an_exception_said_long_ago_does_not_keep_the_card_away() -> None:
    book = tiny(("priority: 50", "priority: 50, not_when: [just joking]"))
    lines = [("customer", "i am just joking"), ("agent", "fine"), ("customer", "can i"), ("agent", "no way")]
    assert cards(book, *lines) == ["Anything"]


def test_a_card_that_stays_away_changes_nothing_about_its_cue() -> None:
    book = tiny(("priority: 50", "priority: 50, not_when: [just joking]"))
    events = drive(live_call(with_playbook=book), conversation(("agent", "no way just joking")))
    assert [cue.kind for cue in only(events, Cue)] == ["refusal"]
