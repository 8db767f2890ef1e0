"""`voiceassist models`: the speech models of a deployment. One module per verb; this one only gathers them."""

from voiceassist.cli.lazy import group

app = group(
    {
        "list": "voiceassist.cli.models.list:list_models",
        "pull": "voiceassist.cli.models.pull:pull_model",
        "add": "voiceassist.cli.models.add:add_model",
        "verify": "voiceassist.cli.models.verify:verify_models",
        "bench": "voiceassist.cli.models.bench:bench",
        "remove": "voiceassist.cli.models.remove:remove_model",
    }
)


@app.callback()
def models() -> None:
    """List, pull, check and remove speech models.

    Example: voiceassist models pull vosk-model-small-es-0.42
    """
