"""What the verbs of `voiceassist models` share: the options that say which folder, and the progress bar."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeAlias

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

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).")]
ModelsDir = Annotated[
    Path | None,
    typer.Option("--models-dir", help="Where models are kept. Default: `models` in the data folder."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of a table.")]
Report: TypeAlias = Callable[[str, int, int], None]


def folder_of(config: Path | None, models_dir: Path | None) -> Path:
    """The deployment's folder of models, as the server takes it. Raises ConfigError."""
    return load_settings(config, models_dir=models_dir).models_dir


@contextmanager
def progress_bar() -> Iterator[Report]:
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
