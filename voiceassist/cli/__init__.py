"""The `voiceassist` command: one module per subcommand; errors of ours become a line each and exit code 2."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from voiceassist import __version__
from voiceassist.cli.lazy import group
from voiceassist.errors import PlaybookError, VoiceassistError

app = group(
    {
        "serve": "voiceassist.cli.serve:serve",
        "demo": "voiceassist.cli.serve:demo",
        "replay": "voiceassist.cli.replay:replay",
        "send": "voiceassist.cli.send:send",
        "call": "voiceassist.cli.call:call",
        "guide": "voiceassist.cli.guide:guide",
        "doctor": "voiceassist.cli.doctor:app",
        "schema": "voiceassist.cli.schema:schema",
        "users": "voiceassist.cli.users:app",
        "keys": "voiceassist.cli.keys:app",
        "audit": "voiceassist.cli.audit:app",
        "calls": "voiceassist.cli.calls:app",
        "retention": "voiceassist.cli.retention:app",
        "models": "voiceassist.cli.models:app",
        "playbook": "voiceassist.cli.playbook:app",
        "cues": "voiceassist.cli.cues:app",
        "redact": "voiceassist.cli.redact:app",
        "bench": "voiceassist.cli.bench:app",
    }
)


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
        Console(stderr=True).print(f"[bold red]error:[/] {message}", highlight=False, soft_wrap=True, emoji=False)
        sys.exit(2)
