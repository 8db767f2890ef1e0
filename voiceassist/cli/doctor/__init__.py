"""`voiceassist doctor`: looks at what is connected, before anything depends on it. One module per verb."""

from voiceassist.cli.lazy import group

app = group(
    {
        "ingest": "voiceassist.cli.doctor.ingest:ingest",
        "notices": "voiceassist.cli.doctor.notices:notices",
    }
)


@app.callback()
def doctor() -> None:
    """Look at what a phone system sends, and whether alerts can leave this machine.

    Examples:

      voiceassist doctor ingest

      voiceassist doctor notices --config voiceassist.toml
    """
