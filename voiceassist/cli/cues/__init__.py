"""`voiceassist cues`: how cues are found and how well. One module per verb; this one only gathers them."""

from voiceassist.cli.lazy import group

app = group(
    {
        "eval": "voiceassist.cli.cues.eval:evaluate",
        "feedback": "voiceassist.cli.cues.feedback:feedback",
        "scan": "voiceassist.cli.cues.scan:scan",
        "train": "voiceassist.cli.cues.train:train",
    }
)


@app.callback()
def cues() -> None:
    """Find cues in labelled turns, and measure how well that goes.

    Example: voiceassist cues eval turns.jsonl --errors
    """
