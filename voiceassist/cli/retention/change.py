"""`voiceassist retention set`: changes one rule."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.cli.retention.show import told
from voiceassist.config import load_settings, os_user
from voiceassist.errors import ConfigError
from voiceassist.store.database import DATABASE
from voiceassist.store.retention_queries import LONGEST_DAYS, Kind, RetentionRule
from voiceassist.store.store import opened_store

What = Annotated[Kind, typer.Argument(metavar="KIND", help="audio, transcript, or events: whole calls.")]
Days = Annotated[
    int | None, typer.Option("--days", min=1, max=LONGEST_DAYS, help="Kept for so long after the call began.")
]
Team = Annotated[
    str | None,
    typer.Option("--team", help="Of this team only. Default: of all teams without a rule of their own."),
]
ForEver = Annotated[bool, typer.Option("--for-ever", help="Kept for ever, whatever the rule of all teams is.")]
NoRule = Annotated[bool, typer.Option("--no-rule", help="Take the rule away.")]


def change(
    kind: What,
    days: Days = None,
    team: Team = None,
    for_ever: ForEver = False,
    no_rule: NoRule = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Change for how long something is kept. A running server goes by it from its next run on.

    Examples:

      voiceassist retention set audio --days 90

      voiceassist retention set transcript --days 365 --team returns

      voiceassist retention set events --team returns --for-ever
    """
    if (days is not None) + for_ever + no_rule != 1:
        raise ConfigError("say one of --days, --for-ever and --no-rule")
    rule = None if no_rule else RetentionRule(team=team, kind=kind, days=days)
    path = load_settings(config, data_dir=data_dir, host="127.0.0.1").data_dir / DATABASE
    asyncio.run(_changed(path, kind, team, rule))
    typer.echo(told(rule) if rule else "There is no such rule any more.")


async def _changed(path: Path, kind: Kind, team: str | None, rule: RetentionRule | None) -> None:
    async with opened_store(path) as store:
        others = [one for one in (await store.retention.state()).rules if (one.kind, one.team) != (kind, team)]
        rules = [*others, rule] if rule else others
        await store.retention.set_rules(rules, by=os_user())
