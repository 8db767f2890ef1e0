"""`voiceassist models`: the speech models of a deployment. One module per verb; this one only gathers them."""

import typer

from voiceassist.cli.models import add, bench, pull, remove, verify
from voiceassist.cli.models.list import list_models

app = typer.Typer(no_args_is_help=True, help="List, pull, check and remove speech models.")
app.command("list")(list_models)
app.command("pull")(pull.pull_model)
app.command("add")(add.add_model)
app.command("verify")(verify.verify_models)
app.command("bench")(bench.bench)
app.command("remove")(remove.remove_model)


@app.callback()
def models() -> None:
    """List, pull, check and remove speech models.

    Example: voiceassist models pull vosk-model-small-es-0.42
    """
