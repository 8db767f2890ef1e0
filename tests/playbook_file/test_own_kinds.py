"""Kinds of cue that a playbook has of its own: from its file to the cue, the card and the call's first event."""

import pytest

from tests.builders import final, live_call, only
from tests.playbook_file.test_playbook import SMALL
from voiceassist.events import Alert, Cue, Prompt
from voiceassist.playbook_file.blank import blank_playbook
from voiceassist.playbook_file.parse import check_playbook, parse_playbook
from voiceassist.playbooks import problems_of
from voiceassist.yamltext.edits import edit_yaml
from voiceassist.yamltext.json_edits import Edit

OWN = (
    SMALL.replace(
        "cues:\n",
        "kinds:\n  warranty_talk: {title: Warranty, speaker: customer, colour: teal}\n"
        "cues:\n  warranty_talk:\n    rules:\n      asked: {phrases: [under warranty]}\n",
    )
    .replace(
        "cards:\n", "cards:\n  warranty_talk: {headline: Offer the check, say: I can check that., priority: 9}\n"
    )
    .replace("alerts:\n", "alerts:\n  warranty_talk: {level: info, reason: The warranty came up.}\n")
)


def test_a_kind_of_ones_own_brings_its_cue_its_card_and_its_alert() -> None:
    own = parse_playbook(OWN, "own.yaml")
    events = live_call(with_playbook=own).handle(final("customer", "it is under warranty"))
    (cue,) = only(events, Cue)
    assert (cue.kind, cue.rule, cue.speaker, cue.reach) == (
        "warranty_talk", "warranty_talk.asked", "customer", "alert",
    )  # fmt: skip
    assert [(one.kind, one.headline) for one in only(events, Prompt)] == [("warranty_talk", "Offer the check")]
    assert [one.reason for one in only(events, Alert)] == ["The warranty came up."]


def test_the_playbook_says_how_screens_show_its_own_kinds() -> None:
    (kind,) = parse_playbook(OWN, "own.yaml").kinds
    assert (kind.id, kind.title, kind.speaker, kind.colour) == ("warranty_talk", "Warranty", "customer", "teal")


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        ("  warranty_talk: {title", "  refusal: {title", ("kinds", "refusal"), "builtin_kind_name"),
        ("  warranty_talk: {title", "  words: {title", ("kinds", "words"), "builtin_kind_name"),
        ("  warranty_talk: {title", "  Warranty: {title", ("kinds", "Warranty"), "not_an_id"),
        ("colour: teal", "colour: tael", ("kinds", "warranty_talk", "colour"), "unknown_name_near"),
        ("title: Warranty, ", "", ("kinds", "warranty_talk", "title"), "missing"),
        ("cues:\n  warranty_talk", "cues:\n  waranty_talk", ("cues", "waranty_talk"), "unknown_name_near"),
        ("confidence: 0.5", "after_kind: warranty", ("cues", "refusal", "rules", "plain", "after_kind"),
         "unknown_name_near"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_kind_of_ones_own_is_named_at_its_place(
    old: str, new: str, path: tuple[str, ...], code: str
) -> None:
    assert old in OWN
    found = {problem.path: problem.code for problem in check_playbook(OWN.replace(old, new, 1))}
    assert found.get(path) == code


def test_an_empty_playbook_is_valid_in_every_language_and_takes_its_first_parts() -> None:
    for language in ("en", "es-MX", "fr"):
        assert problems_of(blank_playbook("night-shift", 'The "night": #1', language)) == ()
    text = blank_playbook("no", "", "en")
    card = {"headline": "Say what is possible", "say": "Here is what I can do.", "priority": 40}
    text = edit_yaml(text, Edit(op="set", path=("cards", "refusal"), value=card))
    text = edit_yaml(text, Edit(op="set", path=("policies", "general", "alternatives", "a"), value={"text": "b"}))
    assert problems_of(text) == ()
    assert parse_playbook(text, "no.yaml").name == "no"
    assert "cards:\n  refusal:\n    headline:" in text
