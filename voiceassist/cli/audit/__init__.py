"""`voiceassist audit`: who did what. One module per verb; this one only gathers them."""

from voiceassist.cli.lazy import group

app = group(
    {"verify": "voiceassist.cli.audit.verify:verify_chain", "export": "voiceassist.cli.audit.export:export"}
)


@app.callback()
def audit() -> None:
    """Check and export the audit: who did what. Works beside a running server.

    Example: voiceassist audit verify
    """
