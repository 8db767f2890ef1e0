"""Mail against a real mail server: once for each receiver, whatever it refuses, and bounded when it hangs."""

import ssl
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.mail_server import LOGIN, MailServer, mail_server
from tests.fakes.model_certificate import write_certificate
from voiceassist.config import Settings
from voiceassist.notices import mail as mail_module
from voiceassist.notices.channel_queue import Failure, Outgoing
from voiceassist.notices.mail import mail
from voiceassist.notices.sending import NotSentError, way_of

from .told import NOON, channel, delivery, notice

ANA, BEN = "ana@example.com", "ben@example.com"
ONE = Outgoing(id="msg_1", deliveries=(delivery("msg_1"),))
BUSY = deque(["451 4.7.1 greylisted, come back later"])


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return write_certificate(tmp_path / "cert.pem")


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def send(server: MailServer, message: Outgoing = ONE, **given: Any) -> str | Failure:
    values: dict[str, Any] = {
        "kind": "email",
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "sender": "voiceassist@example.com",
        "to": (ANA, BEN),
        "url": None,
        "secret": None,
    }
    way = way_of(channel(**(values | given)), Settings(public_url="https://calls.example"))
    try:
        return await mail(way, message, NOON.timestamp())
    except NotSentError as error:
        return error.failure


async def test_every_receiver_gets_one_mail_that_says_what_and_where() -> None:
    with mail_server() as server:
        assert await send(server, words="quote") == "kept"
        ((receivers, got),) = server.mails
    assert receivers == [ANA, BEN]
    assert got["Subject"] == "Critical: threat"
    assert got["Message-ID"] == "<msg_1@example.com>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got.get_content_type() == "text/plain"
    text = got.get_content()
    assert "The customer threatens to harm someone." in text
    assert "Said: “I will come and find you”" in text
    assert "https://calls.example/supervisor?call=call-1" in text


async def test_words_of_a_call_cannot_add_a_header() -> None:
    bad = notice(kind="threat\r\nBcc: eve@example.com", reason="\udc80\r\n.\r\nMAIL FROM:<eve>", reason_code="")
    message = replace(ONE, deliveries=(replace(ONE.deliveries[0], notice=bad),))
    with mail_server() as server:
        assert await send(server, message) == "kept"
        ((receivers, got),) = server.mails
    assert receivers == [ANA, BEN]
    assert got["Bcc"] is None
    assert "MAIL FROM:<eve>" in got.get_content()


async def test_it_is_encrypted_by_starttls_or_from_the_first_byte(certificate: Path, tls: ssl.SSLContext) -> None:
    with mail_server(starttls=tls) as server:
        assert await send(server, security="starttls", ca_file=certificate) == "kept"
        assert server.is_encrypted == [True]
    with mail_server(tls=tls) as server:
        assert await send(server, security="tls", ca_file=certificate) == "kept"


async def test_a_server_without_starttls_or_with_a_strange_certificate_gets_nothing(tls: ssl.SSLContext) -> None:
    with mail_server() as server:
        told = await send(server, security="starttls", username="a", password="b")
        assert isinstance(told, Failure)
        assert "STARTTLS" in told.reason
    with mail_server(starttls=tls) as strange:
        told = await send(strange, security="starttls")
        assert isinstance(told, Failure)
        assert "CERTIFICATE_VERIFY_FAILED" in told.reason
    assert not server.mails + strange.mails


async def test_it_signs_in_and_a_wrong_password_is_not_given_up(certificate: Path, tls: ssl.SSLContext) -> None:
    given: dict[str, Any] = {"security": "starttls", "ca_file": certificate, "username": LOGIN.login.decode()}
    with mail_server(starttls=tls, wants_login=True) as server:
        assert await send(server, **given, password=LOGIN.password.decode()) == "kept"
        told = await send(server, **given, password="guessed")
        assert isinstance(told, Failure)
        assert (told.reason[:35], told.is_final) == ("the server does not let us in: 535 ", False)
        assert "guessed" not in told.reason


async def test_greylisting_is_tried_again_and_then_gets_through() -> None:
    with mail_server() as server:
        server.to_receivers = {ANA: deque(BUSY), BEN: deque(BUSY)}
        told = await send(server)
        assert isinstance(told, Failure)
        assert (told.is_final, told.reached) == (False, ())
        assert "451 4.7.1 greylisted" in told.reason
        assert await send(server) == "kept"


async def test_who_has_the_mail_does_not_get_it_again_when_another_receiver_was_refused() -> None:
    with mail_server() as server:
        server.to_receivers = {BEN: deque(BUSY)}
        told = await send(server)
        assert isinstance(told, Failure)
        assert (told.is_final, told.reached) == (False, (ANA,))
        again = replace(ONE, deliveries=(replace(ONE.deliveries[0], reached=told.reached),))
        assert await send(server, again) == "kept"
        assert [receivers for receivers, _ in server.mails] == [[ANA], [BEN]]


async def test_an_address_that_there_is_not_is_given_up_at_once() -> None:
    with mail_server() as server:
        server.to_receivers = {ANA: deque(["550 5.1.1 no such user"])}
        told = await send(server)
        assert told == Failure(reason=f"{ANA}: 550 5.1.1 no such user", is_final=True, reached=(BEN,))


async def test_a_mail_that_is_refused_for_ever_is_given_up_and_one_for_now_is_not() -> None:
    for answer, is_final in (("554 spam", True), ("452 disk full", False)):
        with mail_server() as server:
            server.to_mails.append(answer)
            assert await send(server) == Failure(reason=answer, is_final=is_final)


async def test_a_server_that_hangs_costs_one_bounded_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_module, "TRY_S", 0.5)
    with mail_server() as server:
        server.hangs = True
        assert await send(server) == Failure(reason="no answer within 0.5 s")
    told = await send(server)  # it is gone now
    assert isinstance(told, Failure)
    assert not told.is_final
