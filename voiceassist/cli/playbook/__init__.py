"""`voiceassist playbook`: playbooks as files. One module per verb; this one only gathers them."""

from voiceassist.cli.lazy import group

app = group(
    {
        "list": "voiceassist.cli.playbook.list:list_playbooks",
        "check": "voiceassist.cli.playbook.check:check",
        "schema": "voiceassist.cli.playbook.schema:schema",
        "show": "voiceassist.cli.playbook.show:show",
        "try": "voiceassist.cli.playbook.try_sentence:try_sentence",
        "test": "voiceassist.cli.playbook.examples:try_examples",
        "backtest": "voiceassist.cli.playbook.backtest:backtest",
        "topics": "voiceassist.cli.playbook.topics:topics",
    }
)


@app.callback()
def playbook() -> None:
    """Check, read and try playbooks: what may be offered, what to say instead of a bare no, whom to tell.

    Example: voiceassist playbook check shop.yaml
    """
