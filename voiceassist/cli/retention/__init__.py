"""`voiceassist retention`: for how long calls are kept. One module per verb; this one only gathers them."""

from voiceassist.cli.lazy import group

app = group(
    {
        "show": "voiceassist.cli.retention.show:show",
        "set": "voiceassist.cli.retention.change:change",
        "run": "voiceassist.cli.retention.run:run",
    }
)


@app.callback()
def retention() -> None:
    """Say for how long recordings, transcripts and whole calls are kept, per team.

    Without a rule everything is kept. The server deletes what is due every night.

    Example: voiceassist retention set audio --days 90
    """
