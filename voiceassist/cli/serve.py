"""`voiceassist serve` and `voiceassist demo`: run the server until told to stop."""

import asyncio
import faulthandler
import gc
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn
import uvloop
from rich.console import Console
from uvicorn.server import HANDLED_SIGNALS

from voiceassist.app import running
from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import Settings, load_settings
from voiceassist.errors import ConfigError
from voiceassist.logs import configure_logs
from voiceassist.runtime import Runtime
from voiceassist.server.connections import ServerConfig
from voiceassist.server.http import create_api
from voiceassist.server.limits import EdgeLimits

STOP_WITHIN_S = 15  # for uvicorn to let connections finish; open calls are stored well within it
# Every part of a stop has its own, shorter limit. Should one hang all the same (a decoder, a disk), the process
# ends by itself and says where each thread was.
STOP_AT_LAST_S = 60
# So many new objects, collections of the youngest, and of the next (`gc.set_threshold`); by default 700, 10, 10.
COLLECT_AFTER = (10_000, 20, 20)

ENGINE_HELP = (
    "auto, moonshine, vosk, moonshine:MODEL, vosk:MODEL (a name or a folder) or scripted:FILE. "
    "auto: the best there is for people."
)
ListenHost = Annotated[
    str | None, typer.Option(help="Address to listen on. Default 127.0.0.1: this machine only.")
]
Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one. Default 8710.")]
EngineName = Annotated[str | None, typer.Option("--engine", help=ENGINE_HELP)]
SampleEngine = Annotated[
    str | None, typer.Option(help="The same for the sample calls. auto: the bundled model for synthesised speech.")
]
DefaultLanguage = Annotated[
    str | None,
    typer.Option(help="Language of calls that name none. Default en. More: `engines` in the settings file."),
]
ServedModelsDir = Annotated[Path | None, typer.Option(help="Where models are kept. Default: in the data folder.")]
Setup = Annotated[
    bool, typer.Option("--setup", help="While there is no admin: print a link, once, that makes the first one.")
]
MaxCalls = Annotated[
    str | None,
    typer.Option(help="Calls at once; more are refused. Default auto: as many as this machine carries in time."),
]
PlaybookFile = Annotated[Path | None, typer.Option("--playbook", help="Playbook (YAML). Default: built in.")]


def serve(
    config: ConfigFile = None,
    host: ListenHost = None,
    port: Port = None,
    data_dir: DataDir = None,
    engine: EngineName = None,
    language: DefaultLanguage = None,
    models_dir: ServedModelsDir = None,
    playbook: PlaybookFile = None,
    max_calls: MaxCalls = None,
    setup: Setup = False,
) -> None:
    """Run the server.

    All settings, also a provider that people sign in with (oidc), are in the README.

    Examples:

      voiceassist serve

      voiceassist serve --config voiceassist.toml --port 9000

      voiceassist serve --engine vosk:vosk-model-en-us-0.22

      voiceassist serve --engine moonshine:moonshine-base-en --max-calls 12

      VOICEASSIST_MQTT__HOST=broker VOICEASSIST_ENGINES__ES=auto voiceassist serve
    """
    given: dict[str, Any] = {
        "host": host, "port": port, "data_dir": data_dir, "engine": engine, "language": language,
        "models_dir": models_dir, "playbook": playbook, "max_calls": max_calls, "setup": setup or None,
    }  # fmt: skip
    run(load_settings(config, **given))


def demo(
    config: ConfigFile = None,
    host: ListenHost = None,
    port: Port = None,
    data_dir: DataDir = None,
    engine: EngineName = None,
    sample_engine: SampleEngine = None,
    language: DefaultLanguage = None,
    models_dir: ServedModelsDir = None,
    max_calls: MaxCalls = None,
) -> None:
    """Run the server with sample calls and a start page: the way to try the product.

    Examples:

      voiceassist demo

      voiceassist demo --engine moonshine --sample-engine moonshine

      voiceassist demo --engine vosk:vosk-model-small-es-0.42 --language es

    Then open the address it prints.
    """
    given: dict[str, Any] = {
        "host": host, "port": port, "data_dir": data_dir, "engine": engine, "sample_engine": sample_engine,
        "language": language, "models_dir": models_dir, "max_calls": max_calls,
    }  # fmt: skip
    run(replace(load_settings(config, **given), demo=True))


def run(settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM. Raises VoiceassistError when something it needs is missing."""
    configure_logs(settings.log_format)
    listening = listen_on(settings)
    loop_factory = uvloop.new_event_loop if sys.platform != "win32" else None
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_serve(settings, listening))


async def _serve(settings: Settings, listening: socket.socket) -> None:
    async with running(settings) as runtime:
        config = ServerConfig(create_api(runtime), EdgeLimits(), timeout_graceful_shutdown=STOP_WITHIN_S)
        server = _Server(config, runtime)
        spare_collections()
        _announce(settings, listening.getsockname()[1])
        if settings.setup and not runtime.directory.has_admin:
            _announce_setup(settings, listening.getsockname()[1], await runtime.directory.new_link())
        await server.serve([listening])


def spare_collections() -> None:
    """Keeps collections of garbage short and rare: calls stand still in one, for 100 ms and more on a full heap.

    What is loaded by now stays, so no collection need walk through it. Hardly anything here is garbage that only a
    collection finds: they come after more objects than by default.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


class _Server(uvicorn.Server):
    """Tells the assistant of a stop first, so that calls end as *shutdown* and not as hang-ups."""

    def __init__(self, config: uvicorn.Config, runtime: Runtime) -> None:
        super().__init__(config)
        self._runtime = runtime
        self._loop = asyncio.get_running_loop()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn does, but no signal is raised again at the end: it would kill us before calls are stored."""
        before = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGINT or SIGTERM arrived."""
        self._runtime.is_stopping = True
        self._loop.call_soon_threadsafe(self._runtime.stop_calls)
        faulthandler.dump_traceback_later(STOP_AT_LAST_S, exit=True)
        super().handle_exit(sig, frame)


def listen_on(settings: Settings) -> socket.socket:
    """A socket at the settings' address. Raises ConfigError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen()  # from here on nobody is refused, though the first answer comes a little later
    except OSError as error:
        listening.close()
        raise ConfigError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}; "
            "choose another with --port (0 takes a free one)"
        ) from None
    return listening


def _announce(settings: Settings, port: int) -> None:
    console = Console(stderr=True)
    console.print(f"\n  voiceassist is running at [bold cyan]{settings.address(port)}/[/]")
    console.print("  Stop it with Ctrl+C.\n", style="dim")


def _announce_setup(settings: Settings, port: int, token: str) -> None:
    console = Console(stderr=True, highlight=False)
    console.print("  Make the first admin there, once, within a day:")
    console.print(f"  {settings.address(port)}/setup?token={token}\n", soft_wrap=True, markup=False)
