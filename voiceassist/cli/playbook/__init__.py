"""`voiceassist playbook`: playbooks as files. One module per verb; this one only gathers them."""

import typer

from voiceassist.cli.playbook import backtest, check, examples, schema, show, topics, try_sentence
from voiceassist.cli.playbook.list import list_playbooks

app = typer.Typer(no_args_is_help=True, help="Check, read and try playbooks.")
app.command("list")(list_playbooks)
app.command("check")(check.check)
app.command("schema")(schema.schema)
app.command("show")(show.show)
app.command("try")(try_sentence.try_sentence)
app.command("test")(examples.try_examples)
app.command("backtest")(backtest.backtest)
app.command("topics")(topics.topics)


@app.callback()
def playbook() -> None:
    """Check, read and try playbooks: what may be offered, what to say instead of a bare no, whom to tell.

    Example: voiceassist playbook check shop.yaml
    """
