"""A real HTTP server on loopback that has models, and can behave as badly as servers and lines do."""

import io
import ssl
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

from voiceassist.speech_models.layout import DECODER, ENCODER, VOCABULARY
from voiceassist.speech_models.manifest import ModelEntry, OfferedFile

NAME = "vosk-model-small-xx-0.1"
FILES = {
    "am/final.mdl": Random(1).randbytes(60_000),
    "conf/mfcc.conf": b"--sample-frequency=16000\n",
    "conf/model.conf": b"--max-active=3000\n",
    "graph/HCLr.fst": Random(2).randbytes(30_000),
    "graph/Gr.fst": Random(3).randbytes(20_000),
    "graph/disambig_tid.int": b"317\n",
}
"""What a model has; random, so that it does not get smaller in a zip."""
MOONSHINE_NAME = "moonshine-xx"
MOONSHINE_FILES = {
    ENCODER: Random(4).randbytes(50_000),
    DECODER: Random(5).randbytes(80_000),
    VOCABULARY: Random(6).randbytes(9_000),
}
"""What a model of Moonshine's has, which comes file by file."""


def model_zip(top: str = NAME, without: str | None = None) -> bytes:
    """The zip of a model, in a folder `top`, as the vendor makes it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in FILES.items():
            if name != without:
                zipped.writestr(zipfile.ZipInfo(f"{top}/{name}"), content)
    return made.getvalue()


def model_folder(folder: Path, without: str | None = None) -> Path:
    """The same, unpacked."""
    for name, content in FILES.items():
        if name != without:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    return folder


def moonshine_folder(folder: Path, without: str | None = None) -> Path:
    """A folder with the files of a model of Moonshine's."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in MOONSHINE_FILES.items():
        if name != without:
            (folder / name).write_bytes(content)
    return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that came in."""

    path: str
    range: str | None
    if_range: str | None


@dataclass(kw_only=True)
class ModelServer:
    """What is served, and how badly."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)  # by path
    etag: str | None = '"first"'
    last_modified: str | None = None
    has_ranges: bool = True
    minds_if_range: bool = True
    says_length: bool = True
    cuts: list[int] = field(default_factory=list)  # of the next answers: break off after so many bytes
    statuses: dict[str, int] = field(default_factory=dict)  # by path: this instead of the file
    is_secure: bool = False
    moved: dict[str, str] = field(default_factory=dict)  # by path: where it is now
    held: threading.Event | None = None  # half of every answer, and the rest when it is set
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{'https' if self.is_secure else 'http'}://127.0.0.1:{self.port}"

    def offer(self, archive: bytes, name: str = NAME) -> None:
        self.files[f"/{name}.zip"] = archive

    def entry(self, **given: Any) -> ModelEntry:
        """The manifest's entry of what is offered, with the right SHA-256."""
        archive = self.files[f"/{given.get('name', NAME)}.zip"]
        values: dict[str, Any] = {
            "name": NAME, "language": "xx", "title": "A model", "url": f"{self.url}/{NAME}.zip", "licence": "MIT",
            "size_bytes": len(archive), "notes": "1.0 test", "size": "small",
            "sha256": sha256(archive).hexdigest(),
        }  # fmt: skip
        return ModelEntry(**(values | given))

    def offer_files(self, files: Mapping[str, bytes] = MOONSHINE_FILES, name: str = MOONSHINE_NAME) -> ModelEntry:
        """Has a model of Moonshine's; the manifest's entry of it, with the right SHA-256."""
        self.files |= {f"/{name}/{file}": content for file, content in files.items()}
        return ModelEntry(
            name=name,
            engine="moonshine",
            language="xx",
            title="A model",
            url=f"{self.url}/{name}",
            size_bytes=sum(map(len, files.values())),
            licence="MIT",
            notes="1.0 test",
            size="large",
            files=tuple(
                OfferedFile(name=file, size_bytes=len(content), sha256=sha256(content).hexdigest())
                for file, content in files.items()
            ),
        )

    def listed(self, archive: bytes, **given: Any) -> dict[str, Any]:
        """A line of the vendor's list, with more in it than we read."""
        line = {"name": NAME, "md5": md5(archive).hexdigest(), "size": len(archive), "obsolete": "false"}
        return {**line, "lang": "xx", "type": "small", **given}


class _Handler(BaseHTTPRequestHandler):
    server: "_Http"

    def do_GET(self) -> None:
        serves = self.server.serves
        serves.asked.append(Asked(path=self.path, range=self.headers["range"], if_range=self.headers["if-range"]))
        if self.path in serves.moved:
            self._head(302, {"location": serves.moved[self.path], "content-length": "0"})
        elif status := serves.statuses.get(self.path) or (0 if self.path in serves.files else 404):
            self._head(status, {"content-length": "0"})
        else:
            self._send(serves, serves.files[self.path])

    def _send(self, serves: ModelServer, body: bytes) -> None:
        begin = self._asked_from(serves)
        if begin is not None and begin >= len(body):
            return self._head(416, {"content-range": f"bytes */{len(body)}", "content-length": "0"})
        rest = body[begin or 0 :]
        headers = {"etag": serves.etag, "last-modified": serves.last_modified}
        headers["content-length"] = str(len(rest)) if serves.says_length else None
        if begin is not None:
            headers["content-range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
        self._head(200 if begin is None else 206, headers)
        return self._body(serves, rest[: serves.cuts.pop(0)] if serves.cuts else rest)

    def _body(self, serves: ModelServer, body: bytes) -> None:
        half = len(body) // 2 if serves.held else len(body)
        self.wfile.write(body[:half])
        self.wfile.flush()
        if serves.held:
            serves.held.wait()
            self.wfile.write(body[half:])

    def _asked_from(self, serves: ModelServer) -> int | None:
        asked, condition = self.headers["range"], self.headers["if-range"]
        is_same = condition in (None, serves.etag, serves.last_modified) or not serves.minds_if_range
        return int(asked.removeprefix("bytes=").rstrip("-")) if asked and serves.has_ranges and is_same else None

    def _head(self, status: int, headers: dict[str, str | None]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Tests look at `asked` instead."""


class _Http(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for them

    def __init__(self, serves: ModelServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.serves = serves
        serves.port = self.server_port

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is what some tests are about."""


@contextmanager
def model_server(certificate: Path | None = None) -> Iterator[ModelServer]:
    """Serves until the block ends; over TLS if there is a certificate, with its key in the same file."""
    serves = ModelServer(is_secure=certificate is not None)
    with _Http(serves) as http:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            http.socket = context.wrap_socket(http.socket, server_side=True)
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield serves
        finally:
            if serves.held:
                serves.held.set()
            http.shutdown()
            thread.join()
