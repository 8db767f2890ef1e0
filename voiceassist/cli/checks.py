"""Checks what people type before long work begins."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from voiceassist.errors import ConfigError
from voiceassist.speech_models.manifest import nearest


def known(names: Sequence[str], among: Collection[str], what: str) -> Sequence[str]:
    """The names, if there are all of them. Raises ConfigError with the nearest one, and all that there are."""
    for name in names:
        if name not in among:
            there_are = ", ".join(among)
            raise ConfigError(f"there is no {what} {name!r}{nearest(name, list(among))}; there are {there_are}")
    return names


def check_writable(file: Path, option: str) -> None:
    """Raises ConfigError when a result could not be written there: before hours of measuring, not after."""
    place = file if file.exists() else file.parent
    if file.is_dir() or not os.access(place, os.W_OK):
        raise ConfigError(f"{option} {file}: cannot be written")
