"""What playbooks of one language share when they are compiled, and what they never share.

A rule is found in a sentence exactly when its own phrases are there, whichever playbooks were compiled before.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.core.words.phrase_texts import say
from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.cues.match import Match
from voiceassist.core.cues.matchers import matcher_for
from voiceassist.core.cues.patterns import compile_lists, pattern_of
from voiceassist.core.playbook.model import BuiltinCues, Playbook
from voiceassist.core.words.cache import ContentCache
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import tokenise
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.playbooks import builtin_names, find_text, load_playbook, read_playbook
from voiceassist.samples import list_samples
from voiceassist.yamltext.edits import edit_yaml
from voiceassist.yamltext.json_edits import Edit

RETAIL = find_text(None, "en")[0]


def changed(*edits: tuple[tuple[str, ...], object]) -> Playbook:
    """The built-in playbook with other values at these places."""
    text = RETAIL
    for path, value in edits:
        text = edit_yaml(text, Edit(op="set", path=path, value=value))
    return read_playbook(text, "changed")


PLAYBOOKS = {
    **{name: load_playbook(Path(name), "en") for name in builtin_names()},
    "rules off": changed((("cues", "refusal", "off"), ["refusal.by_policy", "refusal.inability"])),
    "exceptions": changed((("cues", "refusal", "except"), ["can't ... wait", "our policy"])),
    "not early": changed((("cues", "insult"), {"early": False})),
    "own words": changed(
        (("words", "toaster"), ["toaster", "kettle"]),
        (("words", "we"), ["the shop", "my boss"]),  # is the name of a built-in list
        (("cues", "refusal", "rules", "flat"), {"phrases": ["<we> would rather not", "no <toaster>"]}),
    ),
    "other words": changed(
        (("words", "toaster"), ["radio"]),
        (("words", "we"), ["nobody"]),
        (("cues", "refusal", "rules", "flat"), {"phrases": ["<we> would rather not", "no <toaster>"]}),
    ),
}
every_playbook = pytest.mark.parametrize("playbook", PLAYBOOKS.values(), ids=PLAYBOOKS)


def sentences(playbook: Playbook, speaker: Speaker) -> Iterator[str]:
    """What this side says in the sample calls, and a way to say every phrase of its rules."""
    for sample in list_samples():
        yield from (line.text for line in sample.lines if line.speaker == speaker)
    for rule in playbook.rules:
        if rule.speaker == speaker:
            yield from (say(phrase, playbook.words, Random(place)) for place, phrase in enumerate(rule.phrases))


def found(playbook: Playbook, speaker: Speaker, text: str) -> list[Match]:
    return find_cues(playbook, speaker, text.split(), Context())


def expressions(playbook: Playbook) -> list[str]:
    lexicon = compile_lists(playbook.words, playbook.spoken)
    return [pattern_of(rule.phrases, lexicon).expression.pattern for rule in playbook.rules]


@every_playbook
@pytest.mark.parametrize("speaker", SPEAKERS)
def test_rules_are_screened_as_if_each_were_looked_for_by_itself(playbook: Playbook, speaker: Speaker) -> None:
    matcher = matcher_for(playbook, speaker)
    for said in sentences(playbook, speaker):
        text = rendered(tokenise(said.split(), playbook.spoken))
        assert matcher.candidates(text) == [rule for rule in matcher.rules if rule.phrases.found(text)], said


@every_playbook
@pytest.mark.parametrize("speaker", SPEAKERS)
def test_cues_are_those_of_a_playbook_that_shares_nothing(playbook: Playbook, speaker: Speaker) -> None:
    alone = replace(playbook, builtin=BuiltinCues())
    for said in sentences(playbook, speaker):
        assert found(playbook, speaker, said) == found(alone, speaker, said), said


@pytest.mark.parametrize("name", ["retail", "comercio", "own words", "other words"])
def test_phrases_mean_what_they_mean_when_nothing_is_kept(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = expressions(PLAYBOOKS[name])
    monkeypatch.setattr(ContentCache, "get", lambda _self, _key, make: make())
    assert kept == expressions(PLAYBOOKS[name])


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_playbooks_of_one_language_share_its_compiled_rules(speaker: Speaker) -> None:
    retail, banking = (matcher_for(PLAYBOOKS[name], speaker) for name in ("retail", "banking"))
    switched_off = matcher_for(PLAYBOOKS["rules off"], speaker)
    assert retail.screens[0].expressions is banking.screens[0].expressions
    assert retail.screens[0].expressions is switched_off.screens[0].expressions


def test_a_word_list_of_ones_own_is_not_another_playbooks() -> None:
    own, other = PLAYBOOKS["own words"], PLAYBOOKS["other words"]
    assert [match.rule for match in found(own, "agent", "the shop would rather not")] == ["refusal.flat"]
    assert [match.rule for match in found(other, "agent", "nobody would rather not")] == ["refusal.flat"]
    assert found(own, "agent", "nobody would rather not") == found(other, "agent", "the shop would rather not")


def test_a_rule_that_is_off_stays_off_beside_playbooks_that_have_it() -> None:
    said = "that is against our policy"
    assert "refusal.by_policy" in [match.rule for match in found(PLAYBOOKS["retail"], "agent", said)]
    assert "refusal.by_policy" not in [match.rule for match in found(PLAYBOOKS["rules off"], "agent", said)]
