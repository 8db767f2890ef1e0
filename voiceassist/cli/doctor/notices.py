"""`voiceassist doctor notices`: sends a test message by each channel of the configuration. See `notices/`.

Needs no server, and stores nothing.
"""

import asyncio
from time import time
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from voiceassist.cli.options import ConfigFile
from voiceassist.clock import local_now
from voiceassist.config import Settings, load_settings
from voiceassist.errors import ConfigError
from voiceassist.notices.channel import AlertChannel, Tested
from voiceassist.notices.sending import way_of
from voiceassist.notify_settings import ChannelSettings

Names = Annotated[list[str] | None, typer.Argument(help="Channels; without any, all.", metavar="[NAME]...")]


def notices(names: Names = None, config: ConfigFile = None) -> None:
    """Send a test message by each channel, and say what its receiver says.

    Exit code 0 if all of them took it.

    Examples:

      voiceassist doctor notices --config voiceassist.toml

      voiceassist doctor notices desk night-mail --config voiceassist.toml
    """
    settings = load_settings(config)
    channels = _chosen(settings, names or [])
    outcomes = asyncio.run(_tested(settings, channels))
    console = Console(highlight=False)
    for channel, outcome in zip(channels, outcomes, strict=True):
        told = "[green]works[/green]" if outcome.ok else "[bold red]fails[/bold red]"
        console.print(
            f"{told}  {escape(channel.name)} ({channel.kind}, {outcome.took_ms} ms): {escape(outcome.told)}"
        )
    raise typer.Exit(0 if all(outcome.ok for outcome in outcomes) else 1)


def _chosen(settings: Settings, names: list[str]) -> list[ChannelSettings]:
    """Raises ConfigError for a name that there is not, and where there is no channel at all."""
    known = [channel.name for channel in settings.notify]
    if not known:
        raise ConfigError("setting `notify`: the configuration has no channels; name its file with --config")
    if unknown := next((name for name in names if name not in known), None):
        raise ConfigError(f"setting `notify`: there is no channel {unknown!r}; there are {', '.join(known)}")
    return [channel for channel in settings.notify if not names or channel.name in names]


async def _tested(settings: Settings, channels: list[ChannelSettings]) -> list[Tested]:
    at = local_now().isoformat(timespec="seconds")
    return await asyncio.gather(*(_channel(settings, channel).test(at) for channel in channels))


def _channel(settings: Settings, channel: ChannelSettings) -> AlertChannel:
    way = way_of(channel, settings)
    return AlertChannel(way=way, clock=time, sent=lambda _: None, failed=lambda _message, _given_up: None)
