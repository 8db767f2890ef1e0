"""Playbooks: what is read, and that every mistake is named with file, line and field."""

import pytest

from tests.builders import final, live_call, only, playbook
from voiceassist.core.playbook import parse_playbook
from voiceassist.core.playbook_model import AGENT_KINDS, CUSTOMER_KINDS, GENERAL
from voiceassist.errors import PlaybookError
from voiceassist.events import Cue, Prompt

SMALL = """\
name: small
version: 3
language: en
words:
  we: [i, we]
cues:
  refusal:
    rules:
      plain:
        phrases: [<we> can't]
        confidence: 0.5
policies:
  general:
    topic: Anything
    limit: L
    benefit: B
    say: Say it
    avoid: A
    alternatives:
      other: {text: Something else, cost: low}
cards:
  refusal: {headline: "{topic}", say: s, priority: 5}
alerts:
  refusal: {level: info, reason: R}
"""


def test_a_small_playbook_works_with_the_defaults() -> None:
    small = parse_playbook(SMALL, "small.yaml")
    assert (small.label, small.limits.recovery_s, small.limits.recovery_turns) == ("small@3", 20, 2)
    events = live_call(with_playbook=small).handle(final("agent", "We cannot"))
    assert only(events, Cue)[0].confidence == 0.5
    assert only(events, Prompt)[0].headline == "Anything"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("version: 3", "version: three", "small.yaml:2: version: must be a whole number from 1"),
        (
            "version: 3",
            "verison: 3",
            "small.yaml:2: verison: unknown name `verison`; nearest valid name is",
        ),
        ("language: en\n", "", "small.yaml:1: (the file): `language` is missing"),
        (
            "  refusal:\n    rules",
            "  refusl:\n    rules",
            "8: cues.refusl: unknown name `refusl`; nearest",
        ),
        (
            "<we> can't",
            "<wee> can't",
            "plain.phrases[0]: phrase `<wee> can't`: unknown list <wee>",
        ),
        (
            "phrases: [<we> can't]",
            "phrases: no",
            "10: cues.refusal.rules.plain.phrases: must be a list",
        ),
        (
            "confidence: 0.5",
            "confidence: 2",
            "11: cues.refusal.rules.plain.confidence: must be",
        ),
        ("confidence: 0.5", "early: maybe", "11: cues.refusal.rules.plain.early: must be true or false"),
        ("  general:", "  other:", "small.yaml:13: policies: `general` is missing"),
        ("cost: low", "cost: lo", "alternatives.other.cost: unknown name `lo`; nearest valid name is `low`"),
        ("priority: 5", "priority: 500", "cards.refusal.priority: must be from 0 to 100, not 500"),
        ("level: info", "level: high", "alerts.refusal.level: unknown name `high`"),
        ("say: Say it", "say: ''", "small.yaml:17: policies.general.say: must be a text"),
        ("limit: L", "limit: L\n    limit: M", "small.yaml:16: policies.general.limit: is given twice"),
        ("name: small", "name: [", "small.yaml:3: (the file): not YAML"),
        ("name: small", "name: 'small", "(the file): not YAML"),
        (
            "cards:\n",
            "cards:\n  refsal: {headline: h, say: s}\n",
            "cards.refsal: unknown name `refsal`; nearest",
        ),
    ],
)
def test_a_mistake_is_named_with_file_line_and_field(old: str, new: str, problem: str) -> None:
    assert old in SMALL
    with pytest.raises(PlaybookError) as error:
        parse_playbook(SMALL.replace(old, new, 1), "small.yaml")
    assert problem in str(error.value)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just text", "a: &x [*x]", "\x00"])
def test_what_is_no_playbook_is_refused(text: str) -> None:
    with pytest.raises(PlaybookError, match=r"small\.yaml:\d+: "):
        parse_playbook(text, "small.yaml")


def test_the_built_in_playbook_knows_every_kind() -> None:
    kinds = {rule.kind for rule in playbook().rules}
    assert kinds == {*AGENT_KINDS, *CUSTOMER_KINDS}


def test_every_policy_of_the_built_in_playbook_offers_everybody_something() -> None:
    for policy in playbook().policies:
        open_to_all = [offer for offer in policy.alternatives if not offer.tiers]
        assert 1 <= len(open_to_all) <= 3, policy.id
        assert policy.id == GENERAL or policy.asked


def test_what_the_cards_say_is_short_and_refuses_nothing_curtly() -> None:
    for policy in playbook().policies:
        assert len(policy.say.split()) <= 45, policy.id
        assert "you have to" not in policy.say.lower()


def test_cards_rise_along_the_ladder() -> None:
    book = playbook()
    priorities = [book.cards[rung].priority for rung in book.ladder.rungs]
    assert priorities == sorted(set(priorities))
