"""Fetches one file over HTTP into a file, and goes on where an earlier attempt stopped.

Never trusts what it fetched: `pull.py` compares checksums. Proxies come from the environment (HTTPS_PROXY, …).
What has arrived is in `<target>`, what is known of it in `<target>.json`, until `pull.py` removes both.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TypeAlias

import httpx

from voiceassist import __version__
from voiceassist.errors import ModelError
from voiceassist.speech_models.progress import ReportBytes
from voiceassist.speech_models.sizes import shown

Pause: TypeAlias = Callable[[float], None]
"""Waits so many seconds."""

TIMEOUT = httpx.Timeout(30, connect=15)  # seconds; for a read: without a single byte
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0  # before a connection is made again; doubled from one to the next
WELL_BYTES = 1 << 20  # a connection that brought so much broke by chance: the next pause is a short one
BAD_ADDRESS = (httpx.TooManyRedirects, httpx.InvalidURL, httpx.UnsupportedProtocol)
HEADERS = {"user-agent": f"voiceassist/{__version__}", "accept-encoding": "identity"}


class UnreachableError(ModelError):
    """No server answered at all: this machine is offline, or a firewall or proxy is in between."""


class TooMuchError(ModelError):
    """The server sends more than the file can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a partial file is part of."""

    url: str
    validator: str  # the ETag or date that the server must still have
    total: int  # bytes; 0 if it did not say


def check_redirect(response: httpx.Response) -> None:
    """Raises ModelError where an https address leads to one that anybody on the line could have written."""
    if not response.has_redirect_location or response.request.url.scheme != "https":
        return
    to = response.request.url.join(response.headers["location"])
    if to.scheme != "https":
        raise ModelError(
            f"{response.request.url}: the server sends us on to {to}, which is not https; nothing was fetched "
            "from there. Use another address with --mirror"
        )


HOOKS = {"response": [check_redirect]}


@contextmanager
def client() -> Iterator[httpx.Client]:
    """For `download` and `vendor_list.py`. Raises ModelError when the proxy in the environment cannot be used."""
    try:
        http = httpx.Client(headers=HEADERS, timeout=TIMEOUT, follow_redirects=True, event_hooks=HOOKS)
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise ModelError(
            f"the proxy set in the environment (HTTPS_PROXY, ALL_PROXY) cannot be used: {error}"
        ) from error
    with http:
        yield http


def download(
    http: httpx.Client, url: str, target: Path, *, at_most: int, report: ReportBytes, pause: Pause = time.sleep
) -> None:
    """Fetches the whole file into `target`; a part that is there is kept if the server still has that file.

    Goes on by itself, after a pause, when a connection breaks, until one brings nothing new.
    `at_most`: bytes, above which the answer cannot be what was asked for. Raises ModelError; what has arrived by
    then stays in `target`.
    """
    pause_s = FIRST_PAUSE_S
    while True:
        before = size_of_part(target)
        try:
            return _fetch_rest(http, url, target, at_most, report)
        except (httpx.RequestError, httpx.InvalidURL) as error:
            came = size_of_part(target) - before
            if came <= 0:
                raise _given_up(url, target, error) from error
        except TooMuchError:
            forget(target)
            raise
        pause_s = FIRST_PAUSE_S if came >= WELL_BYTES else pause_s
        pause(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def next_time(target: Path) -> str:
    """What the same command will do with a part: go on, if the server named the version that it is part of."""
    if _noted(target):
        return "the same command goes on from there"
    return "but this server lets nobody go on in the middle: the same command starts from the beginning"


def size_of_part(target: Path) -> int:
    """Bytes that have arrived; 0 if the download never began."""
    return target.stat().st_size if target.exists() else 0


def notes_path(target: Path) -> Path:
    """Where it is kept what a partial file is part of."""
    return target.with_name(f"{target.name}.json")


def _fetch_rest(http: httpx.Client, url: str, target: Path, at_most: int, report: ReportBytes) -> None:
    begun = _begun(target, url)
    have = size_of_part(target) if begun else 0
    if begun and have and have == begun.total:
        return
    asked = {"range": f"bytes={have}-", "if-range": begun.validator} if begun and have else {}
    with http.stream("GET", url, headers=asked) as response:
        if not (begun and have and _is_other_file(begun, have, response)):
            _check_answer(url, response, is_rest=bool(asked))
            _receive(url, response, target, at_most, report)
            return
    forget(target)
    _fetch_rest(http, url, target, at_most, report)


def _begun(target: Path, url: str) -> Begun | None:
    """What the part is part of; None if there is none, or none of this address that can be continued safely."""
    begun = _noted(target)
    return begun if begun and begun.url == url else None


def _noted(target: Path) -> Begun | None:
    try:
        begun = Begun(**json.loads(notes_path(target).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):  # a crash may have left half a note
        return None
    return begun if begun.validator and target.exists() else None


def _validator(response: httpx.Response) -> str:
    """What If-Range takes: a strong ETag, else the date (RFC 9110, 13.1.5)."""
    etag = response.headers.get("etag", "")
    return str(etag if etag and not etag.startswith("W/") else response.headers.get("last-modified", ""))


def _total(response: httpx.Response) -> int:
    """Bytes of the whole file; 0 if unknown."""
    if response.status_code == HTTPStatus.PARTIAL_CONTENT:
        length = response.headers.get("content-range", "").rpartition("/")[2]
    else:
        length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _is_other_file(begun: Begun, have: int, response: httpx.Response) -> bool:
    """Whether a partial answer is not the rest of what we have: some servers ignore If-Range."""
    if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return True
    if response.status_code != HTTPStatus.PARTIAL_CONTENT:
        return False
    starts_there = response.headers.get("content-range", "").startswith(f"bytes {have}-")
    return not starts_there or _validator(response) != begun.validator


def _check_answer(url: str, response: httpx.Response, *, is_rest: bool) -> None:
    status = response.status_code
    if status == HTTPStatus.NOT_FOUND:
        raise ModelError(f"{url}: the server has no such file (404)")
    if status != HTTPStatus.OK and not (status == HTTPStatus.PARTIAL_CONTENT and is_rest):
        raise ModelError(f"{url}: the server answered {status} {response.reason_phrase}")


def _check_size(url: str, size: int, at_most: int) -> None:
    if size > at_most:
        raise TooMuchError(
            f"{url}: the server sends {shown(size)}, far more than this model has; nothing was kept"
        )


def _receive(url: str, response: httpx.Response, target: Path, at_most: int, report: ReportBytes) -> None:
    now = Begun(url=url, validator=_validator(response), total=_total(response))
    _check_size(url, now.total, at_most)
    is_rest = response.status_code == HTTPStatus.PARTIAL_CONTENT
    with _writing(target), target.open("ab" if is_rest else "wb") as file:
        notes_path(target).write_text(json.dumps(asdict(now)), encoding="utf-8")
        report(file.tell(), now.total)
        for chunk in response.iter_raw():  # as it arrives: a chunk being gathered is lost when the line breaks
            file.write(chunk)
            _check_size(url, file.tell(), at_most)
            report(file.tell(), now.total)
        if now.total and file.tell() != now.total:  # some servers send a long rest in pieces
            raise httpx.RemoteProtocolError(f"the connection ended at {file.tell()} of {now.total} bytes")


def forget(target: Path) -> None:
    """Removes a partial file and what is known of it."""
    target.unlink(missing_ok=True)
    notes_path(target).unlink(missing_ok=True)


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelError(
            f"{target} cannot be written: {error.strerror or error}; what has arrived is kept: "
            "make room, then type the same command again"
        ) from error


def _given_up(url: str, target: Path, error: Exception) -> ModelError:
    have = size_of_part(target)
    if have and not isinstance(error, BAD_ADDRESS):
        return ModelError(
            f"{url}: the connection broke after {shown(have)} ({cause_of(error)}); they are kept: "
            f"{next_time(target)}"
        )
    return not_reached(url, error)


def not_reached(url: str, error: Exception) -> ModelError:
    """An error that says so: an UnreachableError unless it is the address that leads nowhere."""
    if isinstance(error, BAD_ADDRESS):
        return ModelError(f"{url} leads nowhere ({cause_of(error)}); check the address")
    return UnreachableError(f"{url} cannot be reached ({cause_of(error)})")


def cause_of(error: Exception) -> str:
    """In the words of the error, if it has any."""
    return str(error) or type(error).__name__
