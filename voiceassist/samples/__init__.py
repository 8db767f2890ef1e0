"""Sample calls for the demo: two-channel recordings with their exact words and times.

Never decodes audio and never needs the tools that made it: samples are loaded as committed.
Next: the demo plays a sample's recording as a live call; tests compare with its words.
"""

from importlib.resources import files
from pathlib import Path

from voiceassist.samples.dialogues import DIALOGUES
from voiceassist.samples.sample import Sample, SpokenLine, SpokenWord, from_json

__all__ = ["Sample", "SpokenLine", "SpokenWord", "list_samples", "load_sample"]

SAMPLE_IDS: tuple[str, ...] = tuple(dialogue.id for dialogue in DIALOGUES)


def list_samples() -> tuple[Sample, ...]:
    """Load all samples, in the order in which the demo offers them."""
    return tuple(_load(sample_id) for sample_id in SAMPLE_IDS)


def load_sample(sample_id: str) -> Sample:
    """Load one sample; an unknown id raises a ValueError that names the valid ones."""
    if sample_id not in SAMPLE_IDS:
        valid = ", ".join(SAMPLE_IDS)
        raise ValueError(f"unknown sample {sample_id!r}; the samples are: {valid}")
    return _load(sample_id)


def _load(sample_id: str) -> Sample:
    folder = Path(str(files(__name__)))
    text = (folder / f"{sample_id}.json").read_text(encoding="utf-8")
    return from_json(text, folder / f"{sample_id}.ogg")
