"""What the process for playbook work can do: functions of texts, whose results can be sent to the server.

What was read last is kept, since people look at the same few drafts again and again. Raises the errors of the
rooms it uses. Next: `worker.py` sends the results to whoever asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic

from voiceassist.core.playbook.model import BuiltinCues, Playbook
from voiceassist.core.words.by_example import phrases_of
from voiceassist.core.words.languages import language_rules
from voiceassist.events import Speaker, Tier
from voiceassist.playbook_file.checks import read_words, value_at
from voiceassist.playbook_file.parse import language_in
from voiceassist.playbooks import FOLDER, builtin_cues, ordinary_turns, problems_of, read_playbook, read_text
from voiceassist.trials.compiled import compile_playbook
from voiceassist.trials.example_runs import ExampleRun, run_examples
from voiceassist.trials.phrase_tries import PhraseTry, try_phrases
from voiceassist.trials.policy_page import PolicyPage, policy_page
from voiceassist.trials.trial import Trial, TrialTurn, try_turns
from voiceassist.yamltext.document import Json, read_document
from voiceassist.yamltext.edits import edit_yaml
from voiceassist.yamltext.json_diff import Change, changes
from voiceassist.yamltext.json_edits import Edit, EditError
from voiceassist.yamltext.problems import Path, Problem

TEXTS_KEPT = 16  # drafts and versions that people look at now; reading one takes some 50 ms
PLAYBOOKS_KEPT = 4  # drafts that are tried now; a compiled one takes some 10 MB
DOCUMENTS_KEPT = 64  # the list of playbooks reads the current version and the draft of each
EDITING_S = 20  # of one request; a change that people make by hand takes a tenth of a second


@dataclass(frozen=True, slots=True)
class PlaybookText:
    """A text and what events call it."""

    text: str  # YAML
    name: str
    number: int | None = None  # as the store counts it; None: a draft


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookHeader:
    """What decides which calls a playbook may get."""

    name: str
    language: str
    teams: tuple[str, ...]


def header_of(playbook: Playbook) -> PlaybookHeader:
    """The header of a playbook that was read."""
    return PlaybookHeader(name=playbook.name, language=playbook.language, teams=playbook.teams)


def header(source: PlaybookText) -> PlaybookHeader:
    """The header of a text. Raises PlaybookError."""
    return header_of(_playbook(source))


def builtin_text(name: str) -> str:
    """The text of a built-in playbook."""
    return read_text(FOLDER / f"{name}.yaml")


def document(text: str) -> Json:
    """A text as JSON; None when it is not YAML."""
    return _read(text).value


def line_of(text: str, path: Path) -> int:
    """The line at which a field stands."""
    return _read(text).line(path)


@lru_cache(maxsize=TEXTS_KEPT)
def problems(text: str) -> tuple[Problem, ...]:
    """Everything that is wrong with a playbook's text."""
    return problems_of(text)


@lru_cache(maxsize=TEXTS_KEPT)
def differences(before: str, after: str) -> tuple[Change, ...]:
    """What is different between two texts' documents."""
    return tuple(changes(_read(before).value or {}, _read(after).value or {}))


def builtin_of(text: str) -> BuiltinCues:
    """The built-in cues of the language that a text names."""
    return builtin_cues(language_in(_read(text).value))


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text after these changes. Raises EditError."""
    began_s = monotonic()
    for edit in edits:
        if monotonic() - began_s > EDITING_S:
            raise EditError("these are too many changes at a time: send fewer, or import the whole text")
        text = edit_yaml(text, edit)
    return text


def compiled(source: PlaybookText) -> PlaybookHeader:
    """Compiles a text as calls need it, which shows whether that can be done. Raises PlaybookError."""
    playbook = _playbook(source)
    compile_playbook(playbook)
    return header_of(playbook)


def prepared(source: PlaybookText) -> None:
    """Compiles a text that can be used, so that what is tried next, a draft of it too, need not wait for that."""
    if not problems(source.text):
        compile_playbook(_playbook(source))


def tried(source: PlaybookText, turns: Sequence[TrialTurn], tier: Tier, today: str) -> Trial:
    """What the last of these turns brings. Raises PlaybookError."""
    return try_turns(_playbook(source), turns, tier, today)


def policy_page_of(source: PlaybookText) -> PolicyPage:
    """Its policies in plain words. Raises PlaybookError."""
    return policy_page(_playbook(source))


def examples_run(source: PlaybookText, today: str) -> tuple[ExampleRun, ...]:
    """The playbook's own examples, with what came of them. Raises PlaybookError."""
    return run_examples(_playbook(source), today)


def phrases_tried(
    text: str, speaker: Speaker, sentences: Sequence[str], phrases: Sequence[str]
) -> tuple[PhraseTry, ...]:
    """Phrases, and those made of sentences, on the ordinary talk of that side and on the text's own examples."""
    document = _read(text).value
    language = language_in(document)
    lexicon, _ = read_words(document, builtin_cues(language), language_rules(language))
    wanted = [*phrases_of(sentences, lexicon.language), *phrases]
    turns = [*ordinary_turns(language, speaker), *_said_in_examples(document, speaker)]
    return try_phrases(wanted, lexicon, turns)


def _said_in_examples(document: Json, speaker: Speaker) -> list[str]:
    examples = value_at(document, "examples")
    lines = [value_at(one, "call") for one in examples] if isinstance(examples, list) else []
    said = [value_at(line, speaker) for call in lines if isinstance(call, list) for line in call]
    return [text for text in said if isinstance(text, str)]


@lru_cache(maxsize=PLAYBOOKS_KEPT)
def _playbook(source: PlaybookText) -> Playbook:
    return read_playbook(source.text, source.name, source.number)


_read = lru_cache(maxsize=DOCUMENTS_KEPT)(read_document)
