"""Knows a bundled model again when it comes without its record: copied by hand, zipped, or renamed.

Without this a copy of the model for synthesised speech would pass for one that hears people. Never changes
anything. Next: `installed.py` and `add.py` take over what the bundled record says.
"""

import filecmp
from pathlib import Path

from voiceassist.speech_models.files import reading
from voiceassist.speech_models.layout import FOLDERS, layout_of
from voiceassist.speech_models.record import ModelRecord, read_record, record_path


def bundled_record_of(bundled: Path, folder: Path) -> ModelRecord | None:
    """The record of the model in `bundled` that the one in `folder` is a copy of. Raises ModelError.

    A copy has its acoustic model, byte for byte; or its name, as copies from another version do.
    """
    for theirs in sorted(bundled.glob(f"*/{FOLDERS.always[0]}")):
        model = theirs.parents[1]
        if record_path(model).is_file() and (folder.name == model.name or _is_same(folder, theirs)):
            return read_record(record_path(model))
    return None


def _is_same(folder: Path, theirs: Path) -> bool:
    """Sizes are compared first: a large model is not read."""
    ours = folder / layout_of(folder).always[0]
    with reading(ours):
        return ours.is_file() and filecmp.cmp(ours, theirs, shallow=False)
