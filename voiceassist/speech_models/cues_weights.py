"""Finds the weights of the cue classifier that come with voiceassist.

Reads them, never makes them; that is `voiceassist cues train`. Next: `playbooks/` gives them to a playbook.
"""

from pathlib import Path

from voiceassist.core.classifier.file import decode_classifier
from voiceassist.core.classifier.model import Classifier
from voiceassist.core.words.languages import primary_subtag
from voiceassist.errors import ModelError
from voiceassist.speech_models.bundled import bundled_dir

FILE = "weights.bin"


def weights_file(language: str) -> Path:
    """Where the weights for a language (BCP 47) would be."""
    return bundled_dir() / f"cues-{primary_subtag(language)}" / FILE


def bundled_classifier(language: str) -> Classifier | None:
    """The classifier of a language, None where there is none. Raises ModelError, which names the file."""
    path = weights_file(language)
    if not path.is_file():
        return None
    try:
        return decode_classifier(path.read_bytes())
    except (OSError, ModelError) as error:
        raise ModelError(f"{path}: {error}") from error
