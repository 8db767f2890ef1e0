"""`voiceassist redact`: what redaction covers. One module per verb; this one only gathers them."""

from voiceassist.cli.lazy import group

app = group({"eval": "voiceassist.cli.redact.eval:evaluate"})


@app.callback()
def redact() -> None:
    """Measure how well private words are masked.

    Example: voiceassist redact eval
    """
