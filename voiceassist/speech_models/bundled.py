"""Where the models are that come with voiceassist, and the manifest of those that can be pulled.

Never changes them. Next: `manifest.py` and `installed.py` read there.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def bundled_dir() -> Path:
    """`voiceassist/_models` of an installed package, else `models` of the checkout."""
    packaged = PACKAGE / "_models"
    return packaged if packaged.is_dir() else PACKAGE.parent / "models"
