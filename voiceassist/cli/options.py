"""Options that several commands have, each defined once. Loads nothing but typer.

Next: the commands of `cli/` take them as their parameters' types.
"""

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]
FiguresAsJson = Annotated[bool, typer.Option("--json", help="All figures as one JSON document.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).")]
DataDir = Annotated[Path | None, typer.Option(help="Where calls and recordings are kept.")]
PlaybookOption = Annotated[
    Path | None,
    typer.Option(
        "--playbook", metavar="NAME|FILE", help="A built-in playbook's name, or a file. Default: retail."
    ),
]
AudioFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--audio", help="An audio file or a folder of them; a manifest.json beside them gives references."
    ),
]
SpokenLanguage = Annotated[str, typer.Option("--language", help="Which language is spoken.")]
OnlySamples = Annotated[list[str] | None, typer.Option("--sample", help="Only these sample calls.")]
IngestToken = Annotated[
    str | None,
    typer.Option(
        "--token",
        help="A key with the scope ingest (or the server's ingest token).",
        envvar="VOICEASSIST_INGEST_TOKEN",
    ),
]
