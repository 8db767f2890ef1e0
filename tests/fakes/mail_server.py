"""A real mail server (aiosmtpd) in a thread of its own, that refuses, hangs or takes mail as a test says."""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LOGIN = LoginPassword(login=b"voiceassist", password="pässword".encode())


@dataclass(slots=True)
class MailServer:
    """What it took, and what it says next; `answers` to a receiver or to the whole mail are given in turn."""

    port: int = 0
    to_receivers: dict[str, deque[str]] = field(default_factory=dict)
    to_mails: deque[str] = field(default_factory=deque)
    hangs: bool = False
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    is_encrypted: list[bool] = field(default_factory=list)
    let_go: Event = field(default_factory=Event)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answers = self.to_receivers.get(address)
        answer = answers.popleft() if answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hangs:
            await asyncio.to_thread(self.let_go.wait)
        answer = self.to_mails.popleft() if self.to_mails else "250 kept"
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append((list(envelope.rcpt_tos), mail))
            self.is_encrypted.append(session.ssl is not None)
        return answer


@contextmanager
def mail_server(
    *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, wants_login: bool = False
) -> Iterator[MailServer]:
    """Runs one; `starttls`: it offers it, `tls`: from the first byte on; `wants_login`: only `LOGIN` may send."""
    server = MailServer()

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: Any) -> AuthResult:
        return AuthResult(success=login == LOGIN, handled=False)

    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls,
        tls_context=starttls,
        authenticator=check if wants_login else None,
        auth_required=wants_login,
        auth_require_tls=starttls is not None,
    )
    _start(controller, server)
    try:
        yield server
    finally:
        server.let_go.set()
        controller.stop()


def _start(controller: Controller, server: MailServer) -> None:
    """On a free port. aiosmtpd asks itself at the port that it was given, which must not be 0 then."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        controller.port = server.port = free.getsockname()[1]
    controller.start()
