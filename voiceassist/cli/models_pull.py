"""`voiceassist models pull`: download a model and install it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from voiceassist.cli.models_folder import ConfigFile, ModelsDir, folder_of, progress_bar
from voiceassist.models.installed import InstalledModel, for_people, installed
from voiceassist.models.manifest import entry_to_pull
from voiceassist.models.pull import part_of, pull
from voiceassist.models.sizes import shown

INTERRUPTED = 130  # what shells expect after Ctrl+C

Name = Annotated[str, typer.Argument(help="As `voiceassist models list` shows it.")]
Mirror = Annotated[
    str | None, typer.Option(help="Another address that has NAME.zip, instead of alphacephei.com.", metavar="URL")
]
Unverified = Annotated[
    bool, typer.Option("--unverified", help="Install it even if nobody says what checksum it must have.")
]


def pull_model(
    name: Name,
    mirror: Mirror = None,
    unverified: Unverified = False,
    config: ConfigFile = None,
    models_dir: ModelsDir = None,
) -> None:
    """Download a model and install it. An interrupted download goes on where it stopped.

    Proxies are taken from the environment (HTTPS_PROXY). Without internet, an error says what to copy where.

    Examples:

      voiceassist models pull vosk-model-small-es-0.42

      voiceassist models pull vosk-model-en-us-0.22 --mirror https://files.example.com/vosk
    """
    folder, entry = folder_of(config, models_dir), entry_to_pull(name)
    there = next((model for model in installed(folder) if model.name == name), None)
    if there and not there.problem:
        typer.echo(f"{name} is installed already, in {there.path}")
        return
    try:
        with progress_bar() as report:
            model = pull(folder, entry, mirror=mirror, unverified=unverified, report=report)
    except KeyboardInterrupt:
        typer.echo(_stopped(*part_of(folder, name)), err=True)
        raise typer.Exit(INTERRUPTED) from None
    tell_installed(model)


def _stopped(part: Path, size: int) -> str:
    kept = f"{shown(size)} are kept in {part}" if size else "nothing had arrived"
    return f"stopped; {kept}: the same command goes on from there"


def tell_installed(model: InstalledModel) -> None:
    """Says where the model is and who will use it."""
    chosen = for_people(model.path.parent, model.language)
    is_auto = chosen is not None and chosen.name == model.name
    use = (
        f"engine `auto` takes it for calls in {model.language!r}"
        if is_auto
        else f"engine `vosk:{model.name}` is this model"
    )
    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(f"{model.name} is installed in {model.path} ({shown(model.size_bytes)}, {model.licence})")
    console.print(f"From the next start of the server {use}.")
    console.print(f"Check it: voiceassist models verify {model.name}")
