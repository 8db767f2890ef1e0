"""`voiceassist calls encrypt`: encrypts recordings that are stored already with the newest key."""

from collections import Counter
from pathlib import Path

import typer
from rich.console import Console

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import load_settings
from voiceassist.errors import ConfigError, RecordingError
from voiceassist.store.database import store_errors
from voiceassist.store.encrypt_recordings import encrypt_recording
from voiceassist.store.lock import sole_use_of
from voiceassist.store.recorders import RECORDINGS
from voiceassist.store.recording_keys import RecordingKey, recording_keys


def encrypt(config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Encrypt every stored recording with the newest key: plain ones, and those with an older key.

    No server may use the folder meanwhile. Older keys are not needed any more when all went well; exit code 1: a
    recording could not be opened, and stays as it is.

    Example: voiceassist calls encrypt
    """
    settings = load_settings(config, data_dir=data_dir)
    keys = recording_keys(settings)
    if not keys:
        raise ConfigError("there is no key to encrypt with: set `recording_key_file` or `recording_keys`")
    console = Console(highlight=False)
    with sole_use_of(settings.data_dir):
        paths = sorted((settings.data_dir / RECORDINGS).glob("*.ogg"))
        done = Counter(_done(path, keys, console) for path in paths)
    console.print(
        f"Encrypted {done['encrypted']} recordings; {done['newest']} had the newest key already, "
        f"{done['failed']} could not be opened.",
        soft_wrap=True,
    )
    if done["failed"]:
        raise typer.Exit(1)


def _done(path: Path, keys: tuple[RecordingKey, ...], console: Console) -> str:
    try:
        with store_errors(path, "encrypted"):
            return "encrypted" if encrypt_recording(path, keys) else "newest"
    except RecordingError as error:
        console.print(str(error), markup=False, soft_wrap=True)
        return "failed"
