"""Which published loop stands beside which engine of ours, with the same model.

Nothing is loaded here. Next: `runs.py` has both hear the same clips.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from voiceassist.asr.engine import Engine
from voiceassist.bench.asr.listener import Load
from voiceassist.bench.asr.subjects import Subject, subjects
from voiceassist.errors import ConfigError

PEERS = {"moonshine": "moonshine library", "vosk": "vosk server"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPair:
    """An engine of ours and its peer."""

    ours: Subject

    @property
    def peer_name(self) -> str:
        """What people call the other."""
        return PEERS[self.ours.choice.kind]

    @property
    def peer_has_interval(self) -> bool:
        """Whether one may say how often the other tells its partials: Vosk's loop does at every piece of audio."""
        return self.ours.choice.kind != "vosk"

    def load_peer(self, cadence_ms: int) -> Load:
        """Loads it; picklable. Vosk's loop has a cadence of its own."""
        folder = self.ours.choice.path
        if self.ours.choice.kind == "vosk" and folder:
            return partial(_load_server_loop, folder, self.ours.language)
        return partial(_load_library_streams, cadence_ms, folder)


def pairs(models_dir: Path, language: str, names: Sequence[str] = ()) -> tuple[PeerPair, ...]:
    """The engines called so, or all of the language. Raises ModelError or ConfigError for one without a peer."""
    found = subjects(models_dir, language, names)
    for subject in found:
        if subject.choice.kind not in PEERS:
            raise ConfigError(f"engine {subject.name!r} has no library to compare with; name moonshine or a model")
    return tuple(PeerPair(ours=subject) for subject in found)


# Imported where they are loaded: in the other process.


def _load_library_streams(cadence_ms: int, model_dir: Path | None) -> Engine:
    from voiceassist.bench.peer.library_streams import LibraryStreams  # noqa: PLC0415

    return LibraryStreams(cadence_ms, model_dir)


def _load_server_loop(model_dir: Path, language: str) -> Engine:
    from voiceassist.bench.peer.server_loop import ServerLoop  # noqa: PLC0415

    return ServerLoop(model_dir, language)
