"""The models that can be pulled: reads `manifest.toml`.

Never looks at what is installed and never downloads. Next: `pull.py` fetches an entry, `voiceassist models list`
shows them.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from voiceassist.errors import ModelError
from voiceassist.speech_models.bundled import bundled_dir
from voiceassist.speech_models.language import serves
from voiceassist.speech_models.layout import ModelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFile:
    """A file of a model whose vendor publishes it file by file."""

    name: str  # also the end of its address
    size_bytes: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One model that can be pulled, as its vendor publishes it: a zip, or files below one address."""

    name: str
    engine: ModelKind = "vosk"  # that runs it
    language: str  # BCP 47, in lower case: "en-us"
    title: str
    url: str  # of the zip; of the folder, if there are `files`
    size_bytes: int  # of the zip, or of all files; rounded where the vendor's page rounds
    unpacked_bytes: int | None = None
    licence: str
    notes: str  # published word error rates, in per cent
    size: Literal["small", "large"]
    sha256: str | None = None  # of the zip
    md5: str | None = None  # of the zip
    files: Sequence[OfferedFile] = ()  # none: it is a zip


@cache
def load_manifest() -> tuple[ModelEntry, ...]:
    """Every model on offer, in the manifest's order. Raises ModelError when the manifest cannot be read."""
    path = bundled_dir() / "manifest.toml"
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["model"]
        return TypeAdapter(tuple[ModelEntry, ...]).validate_python(entries, extra="forbid")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, ValidationError) as error:
        raise ModelError(f"{path}: the list of models cannot be read: {error}") from error


def entry_called(name: str) -> ModelEntry | None:
    """The entry of this name."""
    return next((entry for entry in load_manifest() if entry.name == name), None)


def main_region(language: str) -> str:
    """The region that a bare language stands for, "en-us" for "en": that of the first entry of the language."""
    return next((entry.language for entry in load_manifest() if serves(entry.language, language)), language)


def entry_to_pull(name: str) -> ModelEntry:
    """The entry of this name. Raises ModelError, naming those that come near."""
    if entry := entry_called(name):
        return entry
    near = nearest(name, [entry.name for entry in load_manifest()])
    why = "; Moonshine's streaming models have graphs that voiceassist cannot run" if "streaming" in name else ""
    raise ModelError(
        f"{name} is not on the list of models to pull{near}{why}; `voiceassist models list` shows them all. "
        "Any other model of Vosk's or Moonshine's: download and unpack it, then `voiceassist models add FOLDER`"
    )


def nearest(name: str, known: list[str]) -> str:
    """A question in brackets, with a space before it, or nothing."""
    near = get_close_matches(name, known, n=3, cutoff=0.5) or [one for one in known if name.lower() in one][:3]
    return f" (did you mean {' or '.join(near)}?)" if near else ""
