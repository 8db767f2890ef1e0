"""A playbook's own phrases, preferred by an engine that is unsure and can do so."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.core.test_playbook import SMALL
from tests.fakes.loading import Loading
from tests.shell.serving import SAMPLES, settings_for
from voiceassist.app import running
from voiceassist.asr.engine import Recognizer
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.own_words import own_phrases
from voiceassist.asr.scripted import ScriptedEngine
from voiceassist.core.playbook import parse_playbook
from voiceassist.events import Speaker

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
    async with running(settings) as assistant:
        for tag, engine in assistant.engines.people.items():
            engine.open("agent")
            assert isinstance(engine.inner, _PhraseTaker)
            assert engine.inner.got == (own_phrases(assistant.shelf.default_of(tag)) if is_on else ())


def test_own_phrases_are_the_plain_ones_of_several_words() -> None:
    phrases = own_phrases(parse_playbook(SMALL, "small.yaml"))

    assert all(" " in phrase and not set(phrase) & set("()[]<>|.*^$") for phrase in phrases)
    assert phrases
