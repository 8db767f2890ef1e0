"""`voiceassist playbook`: playbooks as files. One module per verb; this one only gathers them."""

import typer

from voiceassist.cli import (
    playbook_backtest,
    playbook_check,
    playbook_examples,
    playbook_list,
    playbook_schema,
    playbook_show,
    playbook_topics,
    playbook_try,
)

app = typer.Typer(no_args_is_help=True, help="Check, read and try playbooks.")
app.command("list")(playbook_list.list_playbooks)
app.command("check")(playbook_check.check)
app.command("schema")(playbook_schema.schema)
app.command("show")(playbook_show.show)
app.command("try")(playbook_try.try_sentence)
app.command("test")(playbook_examples.try_examples)
app.command("backtest")(playbook_backtest.backtest)
app.command("topics")(playbook_topics.topics)


@app.callback()
def playbook() -> None:
    """Check, read and try playbooks: what may be offered, what to say instead of a bare no, whom to tell.

    Example: voiceassist playbook check shop.yaml
    """
