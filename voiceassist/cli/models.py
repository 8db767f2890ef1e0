"""`voiceassist models`: the speech models of a deployment. One module per verb; this one only gathers them."""

import typer

from voiceassist.cli import models_add, models_bench, models_list, models_pull, models_remove, models_verify

app = typer.Typer(no_args_is_help=True, help="List, pull, check and remove speech models.")
app.command("list")(models_list.list_models)
app.command("pull")(models_pull.pull_model)
app.command("add")(models_add.add_model)
app.command("verify")(models_verify.verify_models)
app.command("bench")(models_bench.bench)
app.command("remove")(models_remove.remove_model)


@app.callback()
def models() -> None:
    """List, pull, check and remove speech models.

    Example: voiceassist models pull vosk-model-small-es-0.42
    """
