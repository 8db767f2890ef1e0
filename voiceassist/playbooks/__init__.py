"""The built-in playbooks and the built-in cues of each language: YAML data beside this module.

A playbook (`retail.yaml`) holds a business: policies, cards, the ladder. What a refusal or an insult sounds like
is the same in every business and lives in `cues/<language>/`. Reads files only; what they mean is in
`core/playbook.py`. Next: `app.py` and `cli/` hand playbooks to calls.
"""

from functools import cache
from pathlib import Path

from voiceassist.core.languages import primary_subtag
from voiceassist.core.playbook import Playbook, parse_cues, parse_playbook
from voiceassist.core.playbook_model import BuiltinCues
from voiceassist.core.yaml_fields import read_yaml
from voiceassist.errors import PlaybookError

FOLDER = Path(__file__).parent
DEFAULTS = {"en": "retail", "es": "comercio"}  # by language: the playbook of a deployment that names none
CUE_FILES = ("words", "agent", "customer")  # in the order in which they build on each other


def load_playbook(file: Path | None, language: str) -> Playbook:
    """The playbook in a file, a built-in one by its name, or the default of a language (BCP 47).

    Raises PlaybookError.
    """
    path = _find(file) if file else _default(language)
    text = read_text(path)
    return parse_playbook(text, _shown(path), builtin_cues(language_of(text, _shown(path))))


def builtin_names() -> tuple[str, ...]:
    """The names of the built-in playbooks."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


@cache  # a few languages, read once
def builtin_cues(language: str) -> BuiltinCues:
    """What is known of a language's cues; nothing where nobody wrote them. Raises PlaybookError."""
    folder = FOLDER / "cues" / primary_subtag(language)
    if not (folder / f"{CUE_FILES[0]}.yaml").is_file():
        return BuiltinCues()
    return parse_cues(
        [(f"{folder.name}/{name}.yaml", read_text(folder / f"{name}.yaml")) for name in CUE_FILES], language
    )


def read_text(path: Path) -> str:
    """A playbook's YAML. Raises PlaybookError."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlaybookError(f"{path}: cannot be read: {error}") from error


def language_of(text: str, name: str) -> str:
    """The language that a playbook says it is for; empty if it says none, which reading it will tell."""
    fields = read_yaml(text, name).entries()
    return fields["language"].text() if "language" in fields else ""


def _find(file: Path) -> Path:
    """A name without an ending that is a built-in playbook's means that one."""
    return FOLDER / f"{file}.yaml" if not file.exists() and str(file) in builtin_names() else file


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
