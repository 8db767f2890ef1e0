"""The record of an installed model: the TOML file beside its folder that says where it came from.

Never decides anything. Next: `installed.py` reads records, `staging.py` writes them.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import TypeAdapter, ValidationError

from voiceassist.errors import ModelError
from voiceassist.speech_models.files import files_in, sha256_of, size_of
from voiceassist.speech_models.layout import ModelKind, kind_of

FitFor: TypeAlias = Literal["people", "synthesised"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecord:
    """What is known of an installed model."""

    name: str
    language: str  # BCP 47, in lower case
    engine: ModelKind = "vosk"  # that runs it
    source: str  # the address that it was pulled from, or "added from …"
    sha256: str  # of the archive that it came in; of the list of its files if it came as a folder
    size_bytes: int  # of all its files
    installed_at: str  # ISO 8601, UTC
    fit_for: FitFor
    licence: str
    files: Mapping[str, str] = field(default_factory=dict)  # path inside the folder -> SHA-256


def record_path(folder: Path) -> Path:
    """The record's place: beside the model's folder."""
    return folder.parent / f"{folder.name}.toml"


def describe(
    folder: Path,
    *,
    name: str,
    language: str,
    source: str,
    fit_for: FitFor,
    licence: str,
    sha256: str | None = None,
) -> ModelRecord:
    """A record of the model in `folder`, written now. Reads every file."""
    files = {path.relative_to(folder).as_posix(): sha256_of(path) for path in files_in(folder)}
    return ModelRecord(
        name=name,
        language=language,
        engine=kind_of(folder),
        source=source,
        sha256=sha256 or _sha256_of_list(files),
        size_bytes=size_of(folder),
        installed_at=datetime.now(UTC).isoformat(timespec="seconds"),
        fit_for=fit_for,
        licence=licence,
        files=files,
    )


def read_record(path: Path) -> ModelRecord:
    """What a record says. Raises ModelError, naming the file and what is wrong with it."""
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
        return TypeAdapter(ModelRecord).validate_python(fields)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"{path}: the record cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise ModelError(f"{path}: the record cannot be read: `{key}`: {first['msg']}") from None


def write_record(record: ModelRecord, path: Path) -> None:
    """Writes the record to a file. Raises OSError."""
    fields = asdict(record)
    files = fields.pop("files")
    lines = [f"{key} = {_toml(value)}" for key, value in fields.items()]
    if files:
        lines += [
            "",
            "[files]  # SHA-256 of each",
            *(f"{_toml(key)} = {_toml(value)}" for key, value in files.items()),
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _sha256_of_list(files: Mapping[str, str]) -> str:
    """As `sha256sum` prints the list, so that anybody can repeat it."""
    listed = "".join(f"{digest}  {path}\n" for path, digest in files.items())
    return hashlib.sha256(listed.encode(errors="surrogateescape")).hexdigest()


def _toml(value: str | int) -> str:
    """A JSON text is a TOML text, but for DEL, and for what UTF-8 cannot say (odd file names)."""
    if isinstance(value, int):
        return str(value)
    sayable = value.encode(errors="replace").decode()
    return json.dumps(sayable, ensure_ascii=False).replace("\x7f", "\\u007f")
