"""`voiceassist cues`: how cues are found and how well. One module per verb; this one only gathers them."""

import typer

from voiceassist.cli.cues import scan, train
from voiceassist.cli.cues.eval import evaluate

app = typer.Typer(no_args_is_help=True)
app.command("eval")(evaluate)
app.command("scan")(scan.scan)
app.command("train")(train.train)


@app.callback()
def cues() -> None:
    """Find cues in labelled turns, and measure how well that goes.

    Example: voiceassist cues eval turns.jsonl --errors
    """
