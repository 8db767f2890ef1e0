"""`voiceassist cues`: how cues are found and how well. One module per verb; this one only gathers them."""

import typer

from voiceassist.cli import cues_eval, cues_scan, cues_train

app = typer.Typer(no_args_is_help=True)
app.command("eval")(cues_eval.evaluate)
app.command("scan")(cues_scan.scan)
app.command("train")(cues_train.train)


@app.callback()
def cues() -> None:
    """Find cues in labelled turns, and measure how well that goes.

    Example: voiceassist cues eval turns.jsonl --errors
    """
