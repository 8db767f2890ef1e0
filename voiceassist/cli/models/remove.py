"""`voiceassist models remove`: delete an installed model."""

from typing import Annotated

import typer

from voiceassist.cli.models.folder import ModelsDir, folder_of
from voiceassist.cli.options import ConfigFile
from voiceassist.speech_models.installed import find
from voiceassist.speech_models.manifest import entry_called
from voiceassist.speech_models.remove import check_removable, remove
from voiceassist.speech_models.sizes import shown


def remove_model(
    name: Annotated[str, typer.Argument(help="As `voiceassist models list` shows it.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    config: ConfigFile = None,
    models_dir: ModelsDir = None,
) -> None:
    """Delete an installed model. A server that has it loaded goes on until it is restarted.

    Example: voiceassist models remove vosk-model-small-es-0.42
    """
    folder = folder_of(config, models_dir)
    model = find(folder, name)
    check_removable(model)
    if not yes:
        typer.confirm(f"Delete {model.path} ({shown(model.size_bytes)})?", abort=True, err=True)
    remove(folder, model)
    back = f"voiceassist models pull {name}" if entry_called(name) else "voiceassist models add FOLDER_OR_ZIP"
    typer.echo(f"{name} is deleted; to have it back: {back}")
