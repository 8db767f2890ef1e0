"""The built-in playbooks and the built-in cues of each language: YAML data beside this module.

A playbook (`retail.yaml`) holds a business: policies, cards, the ladder. What a refusal or an insult sounds like
is the same in every business and lives in `cues/<language>/`, talk that is no cue in `ordinary/`. Reads files
only; what they mean is in `playbook_file/parse.py`. Next: `app.py` and `cli/` hand playbooks to calls.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

from voiceassist.core.classifier.model import Classifier
from voiceassist.core.playbook.model import BuiltinCues, Playbook
from voiceassist.core.words.languages import primary_subtag
from voiceassist.errors import PlaybookError
from voiceassist.events import Speaker
from voiceassist.playbook_file.parse import check_playbook, hash_of, language_in, parse_cues, parse_document
from voiceassist.speech_models.cues_weights import bundled_classifier
from voiceassist.yamltext.document import read_document
from voiceassist.yamltext.problems import Problem, unknown_name

FOLDER = Path(__file__).parent
DEFAULTS = {"en": "retail", "es": "comercio"}  # by language: the playbook of a deployment that names none
CUE_FILES = ("words", "agent", "customer")  # in the order in which they build on each other


def load_playbook(file: Path | None, language: str) -> Playbook:
    """The playbook in a file, a built-in one by its name, or the default of a language (BCP 47).

    Raises PlaybookError.
    """
    text, name = find_text(file, language)
    return read_playbook(text, name)


def find_text(file: Path | None, language: str) -> tuple[str, str]:
    """The text that `load_playbook` reads, and the name to blame for it. Raises PlaybookError."""
    path = _find(file) if file else _default(language)
    return read_text(path), _shown(path)


def read_playbook(text: str, name: str, number: int | None = None) -> Playbook:
    """The playbook in a text with the built-in cues of its language. Raises PlaybookError with all problems."""
    read = read_document(text)
    language = language_in(read.value)
    playbook = parse_document(read, name, builtin_cues(language))
    weights = _classifier(primary_subtag(language))
    return replace(playbook, hash=hash_of(text), number=number, classifier=weights)


def problems_of(text: str) -> tuple[Problem, ...]:
    """Everything that is wrong with a playbook's text; nothing: it can be used."""
    return check_playbook(text, builtin_cues(language_in(read_document(text).value)))


def builtin_names() -> tuple[str, ...]:
    """The names of the built-in playbooks."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


def builtin_cues(language: str) -> BuiltinCues:
    """What is known of a language's cues; nothing where nobody wrote them. Raises PlaybookError."""
    return _builtin_cues(primary_subtag(language))


@cache  # a few languages, read once; "en-GB" and "en-US" are one
def _builtin_cues(language: str) -> BuiltinCues:
    folder = FOLDER / "cues" / language
    if not (folder / f"{CUE_FILES[0]}.yaml").is_file():
        return BuiltinCues()
    return parse_cues(
        [(f"{folder.name}/{name}.yaml", read_text(folder / f"{name}.yaml")) for name in CUE_FILES], language
    )


@cache  # two languages, some fifty lines for each side
def ordinary_turns(language: str, speaker: Speaker) -> tuple[str, ...]:
    """What a side says in calls and nobody should act on; nothing where nobody wrote any in that language."""
    file = FOLDER / "ordinary" / f"{primary_subtag(language)}.yaml"
    return tuple(read_document(read_text(file)).value[speaker]) if file.is_file() else ()


@cache
def _classifier(language: str) -> Classifier | None:
    return bundled_classifier(language)


def read_text(path: Path) -> str:
    """A playbook's YAML. Raises PlaybookError."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise PlaybookError(f"{path}:{line}: is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise PlaybookError(f"{path}: cannot be read: {error.strerror or error}") from error


def _find(file: Path) -> Path:
    """A name without an ending that is a built-in playbook's means that one."""
    if file.suffix or file.exists():
        return file
    if str(file) not in builtin_names():
        raise PlaybookError(f"there is no file and no built-in playbook of that name: {_unknown(str(file))}")
    return FOLDER / f"{file}.yaml"


def _unknown(name: str) -> str:
    return unknown_name(name, builtin_names())


def _default(language: str) -> Path:
    name = DEFAULTS.get(primary_subtag(language))
    if name is None:
        raise PlaybookError(
            f"there is no built-in playbook for language {language!r} (only: {', '.join(sorted(DEFAULTS))})"
        )
    return FOLDER / f"{name}.yaml"


def _shown(path: Path) -> str:
    """Built-in files are shown by their name alone."""
    return path.name if path.parent == FOLDER else str(path)
