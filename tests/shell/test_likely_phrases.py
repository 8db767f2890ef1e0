"""A playbook's own phrases, preferred by an engine that is unsure and can do so."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.fakes.loading import Loading
from tests.playbook_file.test_playbook import SMALL
from tests.shell.serving import SAMPLES, settings_for
from voiceassist.app import running
from voiceassist.asr.engine import Recognizer
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.playbook_words import playbook_phrases
from voiceassist.asr.scripted import ScriptedEngine
from voiceassist.events import Speaker
from voiceassist.playbook_file.parse import parse_playbook

OTHER_SCRIPT = f"scripted:{SAMPLES / 'abuse-ladder.json'}"


class _PhraseTaker(ScriptedEngine):
    """An engine that takes phrases, and remembers them."""

    got: tuple[str, ...] = ()

    def open_preferring(self, speaker: Speaker, phrases: Iterable[str]) -> Recognizer:
        self.got = tuple(phrases)
        return self.open(speaker)


def test_engine_that_can_prefer_phrases_gets_the_likely_ones() -> None:
    inner = _PhraseTaker((), language="en")
    engine = LoadedEngine(inner, "people")
    engine.likely_phrases = ("store credit",)

    engine.open("agent")

    assert inner.got == ("store credit",)


def test_engine_that_cannot_prefer_phrases_is_opened_without() -> None:
    engine = LoadedEngine(ScriptedEngine((), language="en"), "people")
    engine.likely_phrases = ("store credit",)

    engine.open("agent")

    assert engine.open_recognizers == 1


@pytest.mark.parametrize("is_on", [False, True])
async def test_each_language_prefers_its_own_playbooks_phrases_where_the_setting_says_so(
    tmp_path: Path, loading: Loading, spanish: Path, *, is_on: bool
) -> None:
    loading.kind = _PhraseTaker
    settings = settings_for(
        tmp_path, engines={"es": OTHER_SCRIPT}, playbooks={"es": spanish}, likely_phrases=is_on
    )
    async with running(settings) as runtime:
        for tag, engine in runtime.engines.people.items():
            engine.open("agent")
            assert isinstance(engine.inner, _PhraseTaker)
            assert engine.inner.got == (playbook_phrases(runtime.registry.default_of(tag)) if is_on else ())


def test_own_phrases_are_the_plain_ones_of_several_words() -> None:
    phrases = playbook_phrases(parse_playbook(SMALL, "small.yaml"))

    assert all(" " in phrase and not set(phrase) & set("()[]<>|.*^$") for phrase in phrases)
    assert phrases


def test_nobody_is_heard_swearing_because_it_was_likely() -> None:
    rule = "  insult:\n    rules:\n      fool: {phrases: [silly old fool], confidence: 0.5}\npolicies:"
    phrases = playbook_phrases(parse_playbook(SMALL.replace("policies:", rule), "small.yaml"))

    assert "something else" in phrases
    assert "silly old fool" not in phrases
