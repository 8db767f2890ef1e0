"""Puts the built web pages inside every wheel and sdist, and the bundled models inside every wheel.

Never touches an editable install: there `make web` builds the pages, so that `pip install -e .` needs no Node, and
the models are in the checkout.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))  # an isolated build does not look beside this file
import build_pages

# What `voiceassist cues train` reads.
TEXTS = ("training/cues", "training/text")
# From the checkout to where voiceassist/speech_models/bundled.py looks first.
MODELS = {
    f"models/{name}": f"voiceassist/_models/{name}"
    for name in ("manifest.toml", "vosk-tiny-en", "vosk-tiny-en.toml", "cues-en", "training/test", *TEXTS)
}


class PagesHook(BuildHookInterface[Any]):
    """Called by hatchling, first for what the build needs, then before the files are collected."""

    def dependencies(self) -> list[str]:
        """Node from a wheel, only where it will be used."""
        needed = build_pages.is_stale() and build_pages.find_npm() is None
        return [build_pages.NODE_WHEEL] if needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the pages if they are missing or stale. Raises PagesError."""
        if version != "editable":
            build_pages.build()
        if version != "editable" and self.target_name == "wheel":
            build_data["force_include"].update(MODELS)
