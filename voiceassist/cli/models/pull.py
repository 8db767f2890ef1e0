"""`voiceassist models pull`: download a model and install it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from voiceassist.cli.models.folder import ModelsDir, folder_of, progress_bar
from voiceassist.cli.options import ConfigFile
from voiceassist.speech_models.download import next_time
from voiceassist.speech_models.installed import InstalledModel, installed
from voiceassist.speech_models.manifest import entry_to_pull
from voiceassist.speech_models.preferred import CORES_FOR_BASE, auto_for, cores_here, is_too_slow
from voiceassist.speech_models.pull import part_of, pull
from voiceassist.speech_models.sizes import shown

INTERRUPTED = 130  # what shells expect after Ctrl+C

ModelName = Annotated[str, typer.Argument(help="As `voiceassist models list` shows it.")]
Mirror = Annotated[
    str | None,
    typer.Option(
        help="Another address that has NAME.zip, or the folder NAME, instead of the vendor's.", metavar="URL"
    ),
]
Unverified = Annotated[
    bool, typer.Option("--unverified", help="Install it even if nobody says what checksum it must have.")
]


def pull_model(
    name: ModelName,
    mirror: Mirror = None,
    unverified: Unverified = False,
    config: ConfigFile = None,
    models_dir: ModelsDir = None,
) -> None:
    """Download a model and install it. An interrupted download goes on where it stopped.

    What arrives must have the checksum of our list of models, or of the vendor's.
    The vendor's comes from the same server (model-list.json): it proves that
    the file came whole, not who made it. Moonshine's models come file by file,
    and a file that is there is not fetched again.

    Proxies are taken from the environment (HTTPS_PROXY). Without internet, an error says what to copy where.

    Examples:

      voiceassist models pull vosk-model-small-es-0.42

      voiceassist models pull moonshine-base-en

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
    if not size:
        return "stopped; nothing had arrived: the same command starts from the beginning"
    return f"stopped; {shown(size)} are kept in {part}: {next_time(part)}"


def tell_installed(model: InstalledModel) -> None:
    """Says where the model is and who will use it."""
    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(f"{model.name} is installed in {model.path} ({shown(model.size_bytes)}, {model.licence})")
    console.print(f"From the next start of the server {_use(model)}.")
    console.print(f"Check it: voiceassist models verify {model.name}")


def _use(model: InstalledModel) -> str:
    named = f"engine `{model.setting}` is this model"
    if language := auto_for(installed(model.path.parent), model):
        return f"engine `auto` takes it for calls in {language!r}"
    return f"{named}; {why_not(model)}" if is_too_slow(model) else named


def why_not(model: InstalledModel) -> str:
    """Why `auto` leaves a model that is too slow for this machine."""
    return f"`auto` takes {model.name} from {CORES_FOR_BASE} cores on, and there are {cores_here()}"
