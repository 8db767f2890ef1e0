"""Which model would hear people better than the one in use, and what it would bring: for the start page.

Never pulls or loads it. Next: `server/ops.py` tells it with the state of the server.
"""

import re
from dataclasses import dataclass

from voiceassist.asr.choice import offered
from voiceassist.speech_models.manifest import ModelEntry, entry_called
from voiceassist.speech_models.preferred import cores_here, cores_needed
from voiceassist.speech_models.record import FitFor

EMBEDDED = "moonshine"  # the name of the engine with the model that comes along
EMBEDDED_ERRORS = "12.66 Open ASR leaderboard (average of 8 sets)"  # as in the manifest, from the same table
FIGURE = re.compile(r"(\d+\.\d+) ([^,]+)")  # how the manifest's notes tell word errors


@dataclass(frozen=True, slots=True, kw_only=True)
class BetterModel:
    """A model on offer, beside the one in use."""

    name: str
    size_bytes: int  # of the download
    cores: int  # from how many on it is meant to hear calls
    test_set: str | None  # on which its vendor published the word errors of both; null: on none
    errors_now_pct: float | None
    errors_pct: float | None
    setting: str | None  # the line of the settings that takes it; null: `auto` does so once it is installed


def better_model(
    engine: str, language: str, fit_for: FitFor = "people", *, is_auto: bool = True, key: str = "engine"
) -> BetterModel | None:
    """What would hear people better than this engine (`Engine.name`), if that is on offer.

    `is_auto`: nobody named the engine in the settings. `key`: where the settings name this language's engine.
    """
    model = engine.partition(":")[2]
    ours = entry_called(model)
    if model and fit_for == "people" and (ours is None or ours.size == "large"):
        return None  # the best on offer, or one that somebody added: they know better
    entry = offered(language, "large") or offered(language)
    if entry is None or entry == ours:
        return None
    return _described(entry, ours.notes if ours else "", engine, is_auto=is_auto, key=key)


def _described(entry: ModelEntry, ours: str, engine: str, *, is_auto: bool, key: str) -> BetterModel:
    now = errors_on(EMBEDDED_ERRORS if engine == EMBEDDED else ours)
    then = errors_on(entry.notes)
    test_set = next((one for one in then if one in now), None)
    cores = cores_needed(entry.engine, entry.size_bytes)
    is_taken = is_auto and cores_here() >= cores
    return BetterModel(
        name=entry.name,
        size_bytes=entry.size_bytes,
        cores=cores,
        test_set=test_set,
        errors_now_pct=now[test_set] if test_set else None,
        errors_pct=then[test_set] if test_set else None,
        setting=None if is_taken else f'{key} = "{entry.engine}:{entry.name}"',
    )


def errors_on(notes: str) -> dict[str, float]:
    """The published word errors in an entry's notes, in per cent, by test set."""
    return {test_set.strip(): float(figure) for figure, test_set in FIGURE.findall(notes)}
