"""`voiceassist calls`: the calls that are stored. One module per verb; this one only gathers them."""

from voiceassist.cli.lazy import group

app = group(
    {
        "facts": "voiceassist.cli.calls.facts:facts",
        "delete": "voiceassist.cli.calls.delete:delete",
        "purge": "voiceassist.cli.calls.purge:purge",
        "export": "voiceassist.cli.calls.export:export",
        "corrections": "voiceassist.cli.calls.corrections:corrections",
        "encrypt": "voiceassist.cli.calls.encrypt:encrypt",
    }
)


@app.callback()
def calls() -> None:
    """Look after the calls that are stored.

    Example: voiceassist calls facts
    """
