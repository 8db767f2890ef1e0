"""`voiceassist retention show`: the rules, and what the last run did."""

import typer

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.clock import local_now
from voiceassist.config import load_settings
from voiceassist.retention import RUN_HOUR
from voiceassist.store.database import DATABASE, reading
from voiceassist.store.retention_queries import RetentionRule, RetentionState, next_run, retention_state


def show(config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Show for how long what is kept, when the next run is, and what the last one did. A server may be running.

    Example: voiceassist retention show
    """
    folder = load_settings(config, data_dir=data_dir).data_dir
    with reading(folder / DATABASE) as connection:
        state = retention_state(connection)
    for rule in state.rules:
        typer.echo(told(rule))
    if not state.rules:
        typer.echo("There is no rule: everything is kept.")
    _tell_runs(state)


def told(rule: RetentionRule) -> str:
    """A rule as a line."""
    whose = "all other teams" if rule.team is None else rule.team or "calls without a team"
    return f"{rule.kind:<10}  {whose}: {f'{rule.days} days' if rule.days else 'for ever'}"


def _tell_runs(state: RetentionState) -> None:
    if at := next_run(state, local_now(), RUN_HOUR):
        typer.echo(f"Next run: {at.isoformat(sep=' ', timespec='minutes')}, by the server.")
    if last := state.last_run:
        done = last.deleted
        typer.echo(
            f"Last run: {last.at}: {done.audio} recordings, {done.transcript} transcripts, {done.events} whole "
            f"calls; {last.held} on legal hold."
        )
