"""Removes an installed model.

Never touches a bundled model. Next: the next start of the server no longer finds it.
"""

from pathlib import Path

from voiceassist.errors import ModelError
from voiceassist.speech_models.installed import InstalledModel
from voiceassist.speech_models.staging import take_away, workshop


def check_removable(model: InstalledModel) -> None:
    """Raises ModelError for a model that is part of voiceassist."""
    if model.bundled:
        raise ModelError(
            f"{model.name} comes with voiceassist (the sample calls are heard by it) and is not removed; it takes "
            "no part in calls of people"
        )


def remove(models_dir: Path, model: InstalledModel) -> None:
    """Removes the model and its record; interrupted, it is there as before or gone. Raises ModelError."""
    check_removable(model)
    with workshop(models_dir, model.name) as folder:
        take_away(model.path, folder)
