"""The `voiceassist` command: one module per subcommand; errors of ours become a line each and exit code 2."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from voiceassist import __version__
from voiceassist.cli import bench as bench_command
from voiceassist.cli import cues as cues_command
from voiceassist.cli import models as models_command
from voiceassist.cli import playbook as playbook_command
from voiceassist.cli import replay, schema, send, serve
from voiceassist.errors import PlaybookError, VoiceassistError

app = typer.Typer(
    name="voiceassist",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serve.serve)
app.command("demo")(serve.demo)
app.command("replay")(replay.replay)
app.command("send")(send.send)
app.command("schema")(schema.schema)
app.add_typer(models_command.app, name="models")
app.add_typer(playbook_command.app, name="playbook")
app.add_typer(cues_command.app, name="cues")
app.add_typer(bench_command.app, name="bench")


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback signature
    if wanted:
        typer.echo(f"voiceassist {__version__}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Listens to both sides of a live phone call and helps while it still matters. Offline, on your own machine.

    Try it: [bold]voiceassist demo[/bold]
    """


def main() -> None:
    """Runs the command; our own errors are shown as one line, a playbook's as one line for each problem."""
    try:
        app()
    except VoiceassistError as error:
        lines = str(error).splitlines() if isinstance(error, PlaybookError) else [str(error)]
        message = escape("\n".join(" ".join(line.split()) for line in lines))
        Console(stderr=True).print(f"[bold red]error:[/] {message}", highlight=False, soft_wrap=True)
        sys.exit(2)
