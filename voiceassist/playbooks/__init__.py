"""The built-in playbooks: YAML data beside this module, one per language.

Reads files only; what a playbook means is in `core/playbook.py`. Next: `app.py` and `cli.py` hand it to calls.
"""

from pathlib import Path

from voiceassist.core.languages import primary_subtag
from voiceassist.core.playbook import Playbook, parse_playbook
from voiceassist.errors import PlaybookError

FOLDER = Path(__file__).parent


def load_playbook(path: Path | None, language: str) -> Playbook:
    """The playbook in a file, or the built-in one of a language (BCP 47). Raises PlaybookError."""
    file = path or _built_in(language)
    try:
        return parse_playbook(file.read_text(encoding="utf-8"), str(file) if path else file.name)
    except (OSError, UnicodeDecodeError) as error:
        raise PlaybookError(f"{file}: cannot be read: {error}") from error


def _built_in(language: str) -> Path:
    files = {file.stem: file for file in FOLDER.glob("*.yaml")}
    file = files.get(primary_subtag(language))
    if file is None:
        known = ", ".join(sorted(files))
        raise PlaybookError(f"there is no built-in playbook for language {language!r} (only: {known})")
    return file
