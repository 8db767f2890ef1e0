"""`voiceassist doctor`: looks at what is connected, before anything depends on it. One module per verb."""

from voiceassist.cli.lazy import group

app = group({"ingest": "voiceassist.cli.doctor.ingest:ingest"})


@app.callback()
def doctor() -> None:
    """Look at what a phone system sends.

    Example: voiceassist doctor ingest
    """
