"""Audio files as clips: one per channel, with the words that a `manifest.json` beside them tells.

The manifest is a list of objects; `file` is needed, the rest may be missing or null:
    file               the audio file's name, in the same folder
    reference          the words of a file with one channel
    reference_quality  "gold" or whatever it is instead: other qualities are summed up apart
    turns              [{"role": "agent", "text": "…"}, …]: the words turn by turn, instead of `reference`
    channel_roles      {"0": "agent", "1": "customer"}: whose turns a channel holds
Any format that FFmpeg reads will do, at any rate and width. Next: `listener.py` hears the clips.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from voiceassist.audio.pcm import Pcm
from voiceassist.bench.asr.clip import Clip, SaidUtterance, untimed
from voiceassist.errors import RecordingError
from voiceassist.events import Speaker
from voiceassist.store.audiofile import AudioFile, read_audio

MANIFEST = "manifest.json"
SUFFIXES = {".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".aac", ".webm", ".au"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestTurn:
    """One turn of a call."""

    text: str
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """What a manifest says of one file."""

    file: str
    reference: str | None = None
    reference_quality: str | None = None
    turns: tuple[ManifestTurn, ...] | None = None
    channel_roles: Mapping[str, str] | None = None


def audio_clips(paths: Sequence[Path], language: str) -> Iterator[Clip]:
    """Every channel of the files, and of the files in the folders. Raises RecordingError, which names the file."""
    for path in chain.from_iterable(map(_files, paths)):
        entry = _manifest(path.parent).get(path.name) or ManifestEntry(file=path.name)
        audio = read_audio(path)
        if audio.warning:  # its reference has words that are not there
            raise RecordingError(audio.warning)
        for number, pcm in enumerate(audio.channels):
            lines = _lines(entry, audio, number)
            yield Clip(
                material=_material(entry, lines),
                name=path.name if len(audio.channels) == 1 else f"{path.name}, channel {number + 1}",
                speaker=_speaker(entry, number),
                pcm=pcm,
                rate_hz=audio.rate_hz,
                lines=lines,
                language=language,
                other=_other(audio, number),
            )


def _other(audio: AudioFile, number: int) -> Pcm | None:
    """The other channel of two."""
    return audio.channels[1 - number] if len(audio.channels) == 2 else None  # noqa: PLR2004 - of a call


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise RecordingError(f"{path}: there is no such file or folder")
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if not files:
        raise RecordingError(f"{path} holds no audio file ({', '.join(sorted(SUFFIXES))})")
    return files


def _manifest(folder: Path) -> Mapping[str, ManifestEntry]:
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    try:
        entries = TypeAdapter(list[ManifestEntry]).validate_json(path.read_bytes())
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise RecordingError(f"{path}: {place}: {first['msg']}") from None
    return {entry.file: entry for entry in entries}


def _lines(entry: ManifestEntry, audio: AudioFile, number: int) -> tuple[SaidUtterance, ...]:
    """The words of one channel; a reference of several channels together is of no use."""
    role = _role(entry, number)
    is_only = len(audio.channels) == 1
    if entry.turns and (is_only or role):
        said = [turn.text for turn in entry.turns if role in (None, turn.role)]
    else:
        said = [entry.reference] if entry.reference and is_only else []
    return tuple(untimed(text) for text in said)


def _role(entry: ManifestEntry, number: int) -> str | None:
    return (entry.channel_roles or {}).get(str(number))


def _speaker(entry: ManifestEntry, number: int) -> Speaker:
    """Recognizers hear both alike; somebody must be named."""
    return "agent" if _role(entry, number) == "agent" else "customer"


def _material(entry: ManifestEntry, lines: tuple[SaidUtterance, ...]) -> str:
    if not lines:
        return "audio (no reference)"
    quality = entry.reference_quality or "gold"
    return "audio" if quality.startswith("gold") else f"audio ({quality} reference)"
