"""`voiceassist models add`: install a model that is already on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from voiceassist.cli.models.folder import ModelsDir, folder_of, progress_bar
from voiceassist.cli.models.pull import tell_installed
from voiceassist.cli.options import ConfigFile
from voiceassist.speech_models.add import About, add
from voiceassist.speech_models.record import FitFor

Given = Annotated[
    Path, typer.Argument(metavar="FOLDER_OR_ZIP", help="An unpacked model of Vosk's or Moonshine's, or its zip.")
]


def add_model(
    given: Given,
    name: Annotated[str | None, typer.Option(help="Its name here. Default: that of the folder or zip.")] = None,
    language: Annotated[str | None, typer.Option(help="Such as en-us. Official names tell it.")] = None,
    licence: Annotated[str | None, typer.Option(help="For `models list`. Default: as published.")] = None,
    fit_for: Annotated[FitFor | None, typer.Option(help="Whose speech it understands. Default: people.")] = None,
    config: ConfigFile = None,
    models_dir: ModelsDir = None,
) -> None:
    """Install a model that is already on this machine. It is copied; what you name stays as it is.

    Examples:

      voiceassist models add vosk-model-small-es-0.42.zip

      voiceassist models add ~/my-model --language de --licence CC-BY-4.0

      voiceassist models add ~/Downloads/base-en --name moonshine-base-en
    """
    folder = folder_of(config, models_dir)
    about = About(name=name, language=language, licence=licence, fit_for=fit_for)
    with progress_bar() as report:
        model = add(folder, given, about, report)
    tell_installed(model)
