"""Playbooks: what is read, and that every mistake is named with file, line and field."""

import hashlib
from dataclasses import replace

import pytest

from tests.builders import final, live_call, only, playbook
from tests.core.playbooks import TEXT
from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.playbook.model import AGENT_KINDS, CUSTOMER_KINDS, GENERAL
from voiceassist.errors import PlaybookError
from voiceassist.events import Cue, Prompt
from voiceassist.playbook_file.parse import check_playbook, parse_cues, parse_playbook
from voiceassist.playbooks import problems_of, read_playbook
from voiceassist.yamltext.problems import located

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

FULL = (
    SMALL.replace("    alternatives:", "    recovery_s: 9\n    alternatives:")
    .replace("alerts:", "  calm: {headline: h, say: s, priority: 6}\nalerts:")
    .replace("reason: R}\n", "reason: R}\nladder:\n  rungs: [calm]\n")
    + """\
  steps: {insult: {card: calm, climbs: true}}
missing:
  notice: {speaker: agent, phrases: [recorded], within_s: 9}
examples:
  - {call: [{agent: we}], cues: [refusal], card: none, topic: general}
limits: {silence_s: 9}
"""
)


def test_a_small_playbook_works_with_the_defaults() -> None:
    small = parse_playbook(SMALL, "small.yaml")
    assert (small.label, small.limits.recovery_s, small.limits.recovery_turns) == ("small@3", 20, 2)
    events = live_call(with_playbook=small).handle(final("agent", "We cannot"))
    assert only(events, Cue)[0].confidence == 0.5
    assert only(events, Prompt)[0].headline == "Anything"


MISTAKES = [
    ("version: 3", "version: '3'", 2, "version: must be a whole number from 1 to 1,000,000: `3` without quotes"),
    ("card: none", "card: nothing", 33, "examples[0].card: unknown name `nothing`; valid: calm, none, refusal"),
    ("version: 3", "version: three", 2, "version: must be a whole number from 1 to 1,000,000, not `three`"),
    ("version: 3", "verison: 3", 2, "verison: unknown name `verison`; nearest valid name is `version`"),
    ("language: en\n", "", 1, "language: is missing"),
    (
        "language: en",
        "language: english",
        3,
        "language: must be a language tag such as `en` or `es-MX`, not `english`",
    ),
    ("name: small", "name: Small shop", 1, "name: may hold letters, digits, - and _ only"),
    ("name: small", "name: [", 3, "(the file): not YAML"),
    ("name: small", "name: 'small", 10, "(the file): not YAML"),
    ("name: small", "name: 5", 1, 'name: must be a text; put it in quotes: "5"'),
    (
        "  refusal:\n    rules",
        "  refusl:\n    rules",
        7,
        "cues.refusl: unknown name `refusl`; nearest valid name is `refusal`",
    ),
    (
        "        phrases",
        "        phrase",
        10,
        "cues.refusal.rules.plain.phrase: unknown name `phrase`; nearest valid name is `phrases`",
    ),
    (
        "<we> can't",
        "<wee> can't",
        10,
        "cues.refusal.rules.plain.phrases[0]: phrase `<wee> can't`: unknown list <wee>; nearest is <we>",
    ),
    ("[i, we]", "[i, <wee>]", 5, "words.we[1]: phrase `<wee>`: unknown list <wee>"),
    ("[<we> can't]", "no", 10, "cues.refusal.rules.plain.phrases: must be a list"),
    ("[<we> can't]", "[]", 10, "cues.refusal.rules.plain.phrases: needs at least 1"),
    (
        "[<we> can't]",
        "[<we> can't, 911]",
        10,
        'cues.refusal.rules.plain.phrases[1]: must be a text; put it in quotes: "911"',
    ),
    ("confidence: 0.5", "confidence: 2", 11, "cues.refusal.rules.plain.confidence: must be from 0 to 1, not 2"),
    (
        "confidence: 0.5",
        "confidence: high",
        11,
        "cues.refusal.rules.plain.confidence: must be a number from 0 to 1, not `high`",
    ),
    ("confidence: 0.5", "early: maybe", 11, "cues.refusal.rules.plain.early: must be true or false"),
    (
        "confidence: 0.5",
        "after_kind: prchase_intent",
        11,
        "after_kind: unknown name `prchase_intent`; nearest valid name is `purchase_intent`",
    ),
    ("  general:", "  other:", 12, "policies.general: is missing: the policy for requests that fit no other"),
    ("say: Say it", "say: ''", 17, "policies.general.say: is empty; write something or remove it"),
    ("say: Say it", "say:", 17, "policies.general.say: is empty; give it a value or remove it"),
    ("limit: L", "limit: L\n    limit: M", 16, "policies.general.limit: is given twice; keep one"),
    ("recovery_s: 9", "recovery_s: 0", 19, "policies.general.recovery_s: must be from 1 to 3,600, not 0"),
    (
        "cost: low",
        "cost: lo",
        21,
        "policies.general.alternatives.other.cost: unknown name `lo`; nearest valid name is `low`",
    ),
    (
        "cost: low",
        "from: 2026-02-30",
        21,
        "alternatives.other.from: must be a day such as 2026-12-31, not `2026-02-30`",
    ),
    (
        "cost: low",
        "from: 2026-12-01, until: 2026-11-30",
        21,
        "alternatives.other.until: is before `from` (2026-12-01)",
    ),
    ("cost: low", "per_customer: {times: 1}", 21, "alternatives.other.per_customer.days: is missing"),
    ("cost: low", "per_customer: 1", 21, "alternatives.other.per_customer: must be a mapping of names to values"),
    ("priority: 5", "priority: 500", 23, "cards.refusal.priority: must be from 0 to 100, not 500"),
    ("priority: 5", "priority: 5, not_when: ['(a']", 23, "cards.refusal.not_when[0]: phrase `(a`: "),
    (
        '"{topic}"',
        '"{topics}"',
        23,
        "cards.refusal.headline: `{topics}` stands for nothing; nearest valid is `{topic}`",
    ),
    (
        "  refusal: {headline",
        "  refsal: {headline",
        23,
        "cards.refsal: unknown name `refsal`; nearest valid name is `refusal`",
    ),
    (
        "level: info",
        "level: warnin",
        26,
        "alerts.refusal.level: unknown name `warnin`; nearest valid name is `warning`",
    ),
    (
        "  refusal: {level",
        "  refusals: {level",
        26,
        "alerts.refusals: unknown name `refusals`; nearest valid name is `refusal`",
    ),
    ("rungs: [calm]", "rungs: [clam]", 28, "ladder.rungs[0]: unknown name `clam`; nearest valid name is `calm`"),
    ("rungs: [calm]", "rungs: [calm, calm]", 28, "ladder.rungs[1]: `calm` is there twice"),
    (
        "card: calm",
        "card: clam",
        29,
        "ladder.steps.insult.card: unknown name `clam`; nearest valid name is `calm`",
    ),
    (
        "steps: {insult",
        "levels: {clam: info}\n  steps: {insult",
        29,
        "ladder.levels.clam: unknown name `clam`; nearest valid name is `calm`",
    ),
    (
        "steps: {insult",
        "steps: {insults",
        29,
        "ladder.steps.insults: unknown name `insults`; nearest valid name is `insult`",
    ),
    ("within_s: 9", "by_end: false", 31, "missing.notice.within_s: is missing; give it, or `by_end: true`"),
    (
        "speaker: agent",
        "speaker: agnt",
        31,
        "missing.notice.speaker: unknown name `agnt`; nearest valid name is `agent`",
    ),
    (
        "topic: general",
        "topic: genral",
        33,
        "examples[0].topic: unknown name `genral`; nearest valid name is `general`",
    ),
    ("card: none", "card: refusl", 33, "examples[0].card: unknown name `refusl`; nearest valid name is `refusal`"),
    (
        "cues: [refusal]",
        "cues: [refusl]",
        33,
        "examples[0].cues[0]: unknown name `refusl`; nearest valid name is `refusal`",
    ),
    (
        "{agent: we}",
        "{agnt: we}",
        33,
        "examples[0].call[0].agnt: unknown name `agnt`; nearest valid name is `agent`",
    ),
    ("{agent: we}", "{agent: we, customer: no}", 33, "examples[0].call[0]: may have 1 at most"),
    (
        "silence_s: 9",
        "silence: 9",
        34,
        "limits.silence: unknown name `silence`; nearest valid name is `silence_s`",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "problem"), MISTAKES)
def test_a_mistake_is_named_with_file_line_field_and_what_is_valid(
    old: str, new: str, line: int, problem: str
) -> None:
    assert old in FULL
    with pytest.raises(PlaybookError) as error:
        parse_playbook(FULL.replace(old, new, 1), "small.yaml")
    told = str(error.value).splitlines()
    assert any(one.startswith(f"small.yaml:{line}: ") and problem in one for one in told), told


BUILTIN_MISTAKES = [
    (
        "off: [refusal.inabilty]",
        "off[0]: unknown name `refusal.inabilty`; nearest valid name is `refusal.inability`",
    ),
    ("weak: [refusal.inabilty]", "weak[0]: unknown name `refusal.inabilty`; nearest valid name"),
    ("off: [insult.you_are]", "off[0]: unknown name `insult.you_are`; valid: refusal."),
    ("rules: {by_policy: {phrases: [a]}}", "rules.by_policy: is the name of a built-in rule; choose another"),
    ("sensitivity: hihg", "sensitivity: unknown name `hihg`; nearest valid name is `high`"),
]


@pytest.mark.parametrize(("fields", "problem"), BUILTIN_MISTAKES)
def test_a_mistake_about_built_in_cues_names_the_nearest_of_them(fields: str, problem: str) -> None:
    text = SMALL.replace("    rules:\n", f"    {fields}\n    rule:\n", 1)
    told = {located(problem, "small.yaml") for problem in problems_of(text)}
    assert any(one.startswith(f"small.yaml:8: cues.refusal.{problem}") for one in told), told


def test_a_built_in_rule_may_be_replaced_once_it_is_switched_off() -> None:
    text = SMALL.replace("rules:", "off: [refusal.by_policy]\n    rules:").replace("plain:", "by_policy:")
    replaced = [rule for rule in read_playbook(text, "small.yaml").rules if rule.id == "refusal.by_policy"]
    assert [rule.phrases for rule in replaced] == [("<we__own> can't",)]


def test_a_built_in_rule_may_be_weak_in_one_playbook_alone() -> None:
    text = SMALL.replace("rules:", "weak: [refusal.by_policy]\n    rules:")
    for written, reach in ((SMALL, "alert"), (text, "colour")):
        (cue, *_) = find_cues(
            replace(read_playbook(written, "small.yaml"), classifier=None),
            "agent", ["our", "policy", "doesn't", "allow", "that"], Context(),
        )  # fmt: skip
        assert (cue.rule, cue.reach) == ("refusal.by_policy", reach)


def test_a_list_with_a_built_in_name_is_for_the_playbooks_own_phrases_alone() -> None:
    cues = "words: {we: [we]}\ncues: {refusal: {rules: {by_policy: {phrases: [<we> never]}}}}"
    text = SMALL.replace("[i, we]", "[robots, the <we>]").replace("  we:", "  they: [you]\n  we:")
    book = parse_playbook(text.replace("the <we>", "<they>"), "small.yaml", parse_cues([("c", cues)], "en"))

    def fires(said: str) -> bool:
        return bool(find_cues(book, "agent", said.split(), Context()))

    assert [fires(said) for said in ("we never", "robots never", "robots cannot", "you cannot", "we cannot")] == [
        True, False, True, True, False,
    ]  # fmt: skip


def test_sensitivity_is_for_the_kinds_that_the_classifier_knows() -> None:
    text = SMALL.replace("cues:\n", "cues:\n  profanity: {sensitivity: high}\n")
    assert [(p.path, p.line) for p in check_playbook(text)] == [(("cues", "profanity", "sensitivity"), 7)]


def test_a_mistyped_field_is_one_problem() -> None:
    told = check_playbook(SMALL.replace("        phrases", "        phrase"))
    assert [problem.message for problem in told] == ["unknown name `phrase`; nearest valid name is `phrases`"]


def test_alternatives_have_names_of_their_own_because_uses_are_counted_by_name() -> None:
    other = "  more: {topic: T, limit: L, benefit: B, say: S, avoid: A, alternatives: {other: {text: x}}}\n"
    told = check_playbook(TEXT.replace("cards:\n", f"{other}cards:\n"))
    assert [(problem.path, problem.message) for problem in told] == [
        (
            ("policies", "more", "alternatives", "other"),
            "is also an alternative of `general`; uses are counted by name, so choose another",
        )
    ]


def test_a_tier_that_the_playbook_does_not_list_is_a_mistake_and_without_a_list_any_will_do() -> None:
    text = TEXT.replace("{text: Something else}", "{text: Something else, tiers: [glod]}")
    text += "examples: [{call: [{agent: hm}], tier: gol}]\n"
    assert check_playbook(text) == ()
    told = check_playbook(text + "tiers: [standard, gold]\n")
    assert [problem.path[-2:] for problem in told] == [("tiers", 0), (0, "tier")]
    assert all("nearest valid name is `gold`" in problem.message for problem in told)


def test_all_problems_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = FULL
    for old, new in (
        ("version: 3", "version: x"),
        ("<we>", "<wee>"),
        ("cost: low", "cost: lo"),
        ("card: calm", "card: clam"),
    ):
        text = text.replace(old, new, 1)
    problems = check_playbook(text)
    assert [problem.line for problem in problems] == [2, 10, 21, 29]
    with pytest.raises(PlaybookError) as error:
        parse_playbook(text, "small.yaml")
    assert str(error.value).splitlines() == [located(problem, "small.yaml") for problem in problems]


def test_a_list_that_cannot_be_read_is_blamed_once_and_not_wherever_it_is_used() -> None:
    problems = check_playbook(SMALL.replace("[i, we]", "[(i, we]"))
    assert [problem.path for problem in problems] == [("words", "we", 0)]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just text", "a: &x [*x]", "\x00", "a: \ud800", "[" * 99_999])
def test_what_is_no_playbook_is_refused(text: str) -> None:
    with pytest.raises(PlaybookError, match=r"small\.yaml:\d+: "):
        parse_playbook(text, "small.yaml")


def test_a_playbook_is_known_by_the_hash_of_its_text_and_by_the_number_that_the_store_gave_it() -> None:
    stored = parse_playbook(SMALL, "small.yaml", number=7)
    assert (stored.label, stored.version) == ("small@7", 3)
    assert stored.hash == hashlib.sha256(SMALL.encode()).hexdigest()


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
