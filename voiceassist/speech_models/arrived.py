"""What a pull has fetched, checked and unpacked, and the checks that every pull makes.

Next: `pull.py` installs it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from voiceassist.errors import ModelError
from voiceassist.speech_models.download import forget

TOLERANCE = 1.25  # sizes of the manifest may be rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Files that may become a model."""

    root: Path
    sha256: str | None  # of the archive that they came in
    forget: Callable[[], None]  # removes what was kept in case that the pull does not end well


OUR_LIST = "our list of models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    """One that a file must have."""

    kind: str  # as people write it: "SHA-256"
    wanted: str | None  # in hexadecimal; None: nobody says
    said_by: str = OUR_LIST


def compare(url: str, target: Path, got: str, checksum: Checksum) -> None:
    """Raises ModelError, and deletes the file, when it has another checksum than the one that it must have."""
    if checksum.wanted and got != checksum.wanted.lower():
        forget(target)
        raise ModelError(
            f"{url}: what arrived has the {checksum.kind} {got}, and by {checksum.said_by} it must be "
            f"{checksum.wanted}; it was "
            "deleted. Try again; if that does not help, the file on the server is not the one we know"
        )


def nobody_says(name: str, reason: str) -> ModelError:
    """The error of a model without a checksum."""
    return ModelError(
        f"nobody says what checksum {name} must have: {reason}. "
        "With --unverified it is installed as it comes, and you trust the server and the line"
    )
