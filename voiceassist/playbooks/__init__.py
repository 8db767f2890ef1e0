"""The built-in playbooks: YAML data beside this module, one per language.

Reads files only; what a playbook means is in `core/playbook.py`. Next: `app.py` and `cli.py` hand it to calls.
"""

from pathlib import Path

from voiceassist.core.playbook import Playbook, parse_playbook
from voiceassist.errors import PlaybookError

FOLDER = Path(__file__).parent


def load_playbook(path: Path | None, language: str) -> Playbook:
    """The playbook in a file, or the built-in one of a language. Raises PlaybookError."""
    file = path or FOLDER / f"{language.partition('-')[0]}.yaml"
    if path is None and not file.is_file():
        known = ", ".join(sorted(built_in.stem for built_in in FOLDER.glob("*.yaml")))
        raise PlaybookError(f"there is no built-in playbook for language {language!r} (only: {known})")
    try:
        return parse_playbook(file.read_text(encoding="utf-8"), str(file) if path else file.name)
    except (OSError, UnicodeDecodeError) as error:
        raise PlaybookError(f"{file}: cannot be read: {error}") from error
