"""Structured logs on standard error: for people (console) or for machines (JSON lines).

Never logs what was said in a call. Call code binds `call_id`, which then stands on each of its lines.
"""

import logging
import re
import sys
from typing import Literal

import structlog

QUIET_LIBRARIES = ("aioice", "aiortc", "alembic", "libav", "uvicorn.access")

KEY = re.compile(r"\b(va_)[\w-]+")  # as `people/key_ring.py` makes them

# Without local variables: they hold what was said, and printing them takes seconds in which no call is heard.
TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def configure_logs(log_format: Literal["console", "json"], *, level: int = logging.INFO) -> None:
    """Sends our own and the libraries' log lines through one renderer."""
    shared: list[structlog.typing.Processor] = [
        _without_keys,
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(log_format)],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def _without_keys(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A key may stand in an address that a library logs: phone systems that send no header have it there."""
    return {name: without_keys(value) if isinstance(value, str) else value for name, value in line.items()}


def without_keys(text: str) -> str:
    """The same text; of a key, only that there was one."""
    return KEY.sub(r"\1…", text)


def _renderers(log_format: Literal["console", "json"]) -> list[structlog.typing.Processor]:
    if log_format == "json":
        return [TRACEBACKS, structlog.processors.JSONRenderer(ensure_ascii=False)]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
