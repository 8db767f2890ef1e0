"""What the verbs of `voiceassist models` share: the options that say which folder, and the progress bar."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from voiceassist.config import load_settings
from voiceassist.speech_models.progress import ReportStep

ModelsDir = Annotated[
    Path | None,
    typer.Option("--models-dir", help="Where models are kept. Default: `models` in the data folder."),
]
TableAsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of a table.")]


def folder_of(config: Path | None, models_dir: Path | None) -> Path:
    """The deployment's folder of models, as the server takes it. Raises ConfigError."""
    return load_settings(config, models_dir=models_dir).models_dir


@contextmanager
def progress_bar() -> Iterator[ReportStep]:
    """A bar for people on standard error, gone at the end: what is done, how far, how fast, how long still."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def report(doing: str, done: int, total: int) -> None:
            if doing not in tasks:
                tasks[doing] = progress.add_task(doing)
            progress.update(tasks[doing], completed=done, total=total or None)

        yield report
