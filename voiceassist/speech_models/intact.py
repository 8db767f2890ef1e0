"""Whether an installed model's files are still those that were installed.

Reads every file; never repairs. Next: `voiceassist models verify` tells what differs.
"""

from voiceassist.speech_models.files import files_in, sha256_of
from voiceassist.speech_models.installed import InstalledModel
from voiceassist.speech_models.layout import missing_files
from voiceassist.speech_models.record import ModelRecord, read_record, record_path


def differences(model: InstalledModel) -> tuple[str, ...]:
    """What is not as recorded, each as a sentence; empty for a model that is whole. Raises ModelError."""
    missing = [f"{name} is missing" for name in missing_files(model.path, model.engine)]
    path = record_path(model.path)
    changed = _changed(model, read_record(path)) if path.is_file() else ()
    return tuple(dict.fromkeys((*missing, *changed)))


def is_recorded(model: InstalledModel) -> bool:
    """Whether there is a list of its files to compare with."""
    path = record_path(model.path)
    return path.is_file() and bool(read_record(path).files)


def _changed(model: InstalledModel, record: ModelRecord) -> tuple[str, ...]:
    if not record.files:
        return ()
    present = {path.relative_to(model.path).as_posix() for path in files_in(model.path)}
    gone = [f"{name} is missing" for name in record.files if name not in present]
    new = [f"{name} was not there" for name in sorted(present) if name not in record.files]
    kept = [name for name in record.files if name in present]
    other = [f"{name} has changed" for name in kept if sha256_of(model.path / name) != record.files[name]]
    return (*gone, *other, *new)
