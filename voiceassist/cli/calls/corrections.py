"""`voiceassist calls corrections`: what people corrected, as material to measure engines and cues with."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import load_settings
from voiceassist.store.corrections_export import export_corrections
from voiceassist.store.database import DATABASE
from voiceassist.store.recorders import RECORDINGS
from voiceassist.store.recording_keys import recording_keys

Out = Annotated[
    Path, typer.Option("--out", metavar="FOLDER", help="Where to write; nothing there is overwritten.")
]


def corrections(out: Out, config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Copy the calls with corrected lines to a folder: recordings with their real words, and the lines themselves.

    `voiceassist models bench --audio FOLDER` measures engines by them, `voiceassist cues eval
    FOLDER/corrections.jsonl` reads the lines once they are labelled. Exit code 1: a recording could not be copied.

    Example: voiceassist calls corrections --out corrected
    """
    settings = load_settings(config, data_dir=data_dir)
    folder, keys = settings.data_dir, recording_keys(settings)
    exported = export_corrections(folder / DATABASE, folder / RECORDINGS, out, keys)
    console = Console(highlight=False)
    console.print(f"{len(exported.files)} files in {out}", markup=False)
    for problem in exported.problems:
        console.print(problem, markup=False, soft_wrap=True)
    if exported.problems:
        raise typer.Exit(1)
