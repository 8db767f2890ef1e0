"""`voiceassist doctor ingest`: listens in the server's place and says what a phone system sends. See `doctor/`."""

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from rich.markup import escape

from voiceassist.cli.options import ConfigFile
from voiceassist.cli.serve import ListenHost, Port, listen_on
from voiceassist.config import Settings, load_settings
from voiceassist.doctor.findings import Finding, findings
from voiceassist.doctor.heard_call import HeardCall
from voiceassist.doctor.listener import CallListener, Observation
from voiceassist.doctor.routes import ADDRESSES, listening_app
from voiceassist.logs import configure_logs
from voiceassist.server.connections import ServerConfig
from voiceassist.server.limits import EdgeLimits

STYLES = {"refused": "bold red", "elsewhere": "red", "warned": "yellow", "levels": "dim", "connected": "green"}

AsLines = Annotated[bool, typer.Option("--json", help="A JSON object per line, the verdict last.")]
MostCalls = Annotated[int | None, typer.Option("--calls", min=1, help="End by itself after so many calls.")]
MostSeconds = Annotated[float | None, typer.Option("--seconds", min=0.1, help="End by itself after so long.")]


def ingest(
    config: ConfigFile = None,
    host: ListenHost = None,
    port: Port = None,
    calls: MostCalls = None,
    seconds: MostSeconds = None,
    as_json: AsLines = False,
) -> None:
    """Listen in the server's place, and say what a phone system sends.

    Which protocol, rate and legs, how loud, what was lost, who speaks, and who spoke first. Keeps nothing. Takes
    the secrets that phone systems sign with from the settings, and asks for no key. Ends by Ctrl+C with a verdict;
    exit code 0 if all was well.

    Examples:

      voiceassist doctor ingest

      voiceassist doctor ingest --config voiceassist.toml --host 0.0.0.0 --calls 1

      voiceassist doctor ingest --port 9000 --seconds 60 --json
    """
    settings = load_settings(config, host=host, port=port)
    configure_logs("console", level=logging.ERROR)
    listener = CallListener(tell=_line_printer(as_json=as_json))
    with suppress(KeyboardInterrupt):
        asyncio.run(_sit(listener, settings, calls, seconds))
    judged = [(call, findings(call)) for call in listener.calls]
    is_well = bool(judged) and not listener.refused and all(one.is_well for _, found in judged for one in found)
    _print_json(judged, listener.refused, is_well=is_well) if as_json else _print(judged, listener.refused)
    sys.exit(0 if is_well else 1)


async def _sit(listener: CallListener, settings: Settings, calls: int | None, seconds: float | None) -> None:
    """Listens until there is enough, or Ctrl+C."""
    listening = listen_on(settings)
    server = _Server(ServerConfig(listening_app(listener, settings), EdgeLimits(), timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve([listening]))
    where = settings.address(listening.getsockname()[1])
    Console(stderr=True).print(
        f"listening at {where}: {ADDRESSES}; Ctrl+C ends it", highlight=False, soft_wrap=True
    )
    try:
        async with asyncio.timeout(seconds):
            while calls is None or listener.over < calls:
                listener.changed.clear()
                await listener.changed.wait()
    except TimeoutError:
        pass
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Leaves signals to asyncio, which cancels us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


def _line_printer(*, as_json: bool) -> Callable[[Observation], None]:
    console = Console(highlight=False, soft_wrap=True, emoji=False)

    def tell(seen: Observation) -> None:
        if as_json:
            typer.echo(json.dumps({"type": "observation", **asdict(seen)}, ensure_ascii=False))
            return
        style = STYLES.get(seen.kind, "default")
        whose = " ".join(filter(None, (seen.protocol, seen.call_id)))
        console.print(f"[{style}]{seen.kind:<9}[/] {escape(f'{whose}: ' if whose else '')}{escape(seen.text)}")

    return tell


def _print(judged: list[tuple[HeardCall, list[Finding]]], refused: int) -> None:
    console = Console(highlight=False, soft_wrap=True, emoji=False)
    for call, found in judged:
        head = f"{call.info.source} {call.info.call_id}: {call.duration_ms / 1000:.1f} s, {call.rate_hz} Hz"
        console.print(
            f"\n[bold]{escape(head)}[/], over {call.connections} connection{'s' * (call.connections != 1)}"
        )
        for one in found:
            console.print(f"  {'[green]well[/]' if one.is_well else '[bold red]look[/]'}  {escape(one.text)}")
    if not judged:
        console.print("\nno call came: does the phone system reach this address, and one of the paths above?")
    if refused:
        console.print(f"\n[bold red]{refused} refused[/]: the lines above say why")


def _print_json(judged: list[tuple[HeardCall, list[Finding]]], refused: int, *, is_well: bool) -> None:
    calls = [call.as_json() | {"findings": [asdict(one) for one in found]} for call, found in judged]
    typer.echo(json.dumps({"type": "verdict", "is_well": is_well, "refused": refused, "calls": calls}))
