"""Webhooks against a receiver over real sockets: signed well, and bounded whatever the receiver does."""

import json
import re
import ssl
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from time import time
from typing import Any

import jsonschema
import pytest
import yaml
from standardwebhooks.webhooks import Webhook

from tests.fakes.model_certificate import write_certificate
from tests.fakes.web_receiver import (
    Answer,
    cuts,
    drips,
    goes_on_for_ever,
    hangs,
    promises_more,
    receiving,
    says,
)
from tests.plain_http import NO_TLS
from tests.shell.test_bus_asyncapi import DOCUMENT
from voiceassist.config import Settings
from voiceassist.errors import ConfigError
from voiceassist.notices import web
from voiceassist.notices.bodies import LISTED, slack_body, teams_body, webhook_body
from voiceassist.notices.channel_queue import Failure, Outgoing
from voiceassist.notices.sending import WORDS_CHARS, NotSentError, Way, way_of
from voiceassist.notices.sign import signed_headers
from voiceassist.notices.text import text_of

from .told import SECRET, channel, delivery, notice

README = Path(__file__).parents[2] / "README.md"
ONE = Outgoing(id="msg_1", deliveries=(delivery("msg_1"),))
CALL = "https://calls.example/supervisor?call=call-1"


def way_to(url: str, **given: Any) -> Way:
    settings = Settings(public_url="https://calls.example/")
    return Way(channel=channel(url=url, **given), settings=settings, tls=NO_TLS)


async def outcome(*answers: Answer, message: Outgoing = ONE) -> str | Failure:
    """What comes of one try with a receiver that answers so."""
    async with receiving(*answers) as receiver:
        try:
            return await web.post(way_to(receiver.url), message, time())
        except NotSentError as error:
            assert len(receiver.received) == 1
            return error.failure


async def failed(*answers: Answer) -> Failure:
    told = await outcome(*answers)
    assert isinstance(told, Failure), told
    return told


async def test_the_signature_holds_for_an_implementation_of_others() -> None:
    async with receiving() as receiver:
        assert await web.post(way_to(receiver.url), ONE, time()) == "HTTP 200 OK"
        got = await receiver.next()
    body = Webhook(SECRET).verify(got.body, got.headers)
    assert got.headers["webhook-id"] == body["id"] == "msg_1"
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(got.body.replace(b"threat", b"throat"), got.headers)
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(got.body, got.headers | {"webhook-id": "msg_2"})


async def test_the_example_of_the_readme_takes_our_signature_and_no_old_or_changed_message() -> None:
    (example,) = re.findall(r"```python\n(import base64.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)
    body = b'{"type":"alert.test"}'
    headers = signed_headers(SECRET, "msg_1", int(time()), body)
    assert names["is_ours"](SECRET, headers, body)
    assert not names["is_ours"](SECRET, headers, body + b" ")
    assert not names["is_ours"](SECRET, signed_headers(SECRET, "msg_1", int(time()) - 301, body), body)


async def test_a_try_again_has_the_same_id_and_a_new_time() -> None:
    async with receiving() as receiver:
        for now_s in (1_000_000, 1_000_060):
            await web.post(way_to(receiver.url), ONE, now_s)
        first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert second.headers["webhook-timestamp"] == "1000060"
    assert first.body == second.body


async def test_whoever_said_that_it_is_well_has_the_message_whatever_comes_after() -> None:
    assert await outcome(promises_more) == "HTTP 200 OK"
    assert await outcome(goes_on_for_ever("202 Accepted")) == "HTTP 202 Accepted"
    assert await outcome(says("204 No Content")) == "HTTP 204 No Content"


async def test_a_receiver_that_hangs_or_cuts_off_costs_one_bounded_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "TRY_S", 0.2)
    assert (await failed(hangs)).reason == "no answer within 0.2 s"
    assert "disconnected" in (await failed(cuts)).reason


async def test_the_words_of_a_refusal_are_told_in_part_even_if_they_never_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web, "ANSWER_S", 0.1)
    assert (await failed(says("403 Forbidden", "no_team\x1b[31m\r\nhere"))).reason == (
        "HTTP 403 Forbidden: no_team [31m here"
    )
    assert (await failed(drips("404 Not Found"))).reason == "HTTP 404 Not Found: no such room"
    endless = (await failed(goes_on_for_ever("500 Internal Server Error"))).reason
    assert endless.startswith("HTTP 500 Internal Server Error: ")
    assert len(endless) < WORDS_CHARS + 50


async def test_redirects_are_not_followed() -> None:
    async with receiving() as elsewhere:
        told = await failed(says("307 Temporary Redirect", location=elsewhere.url))
        assert "follows no redirect" in told.reason
        assert not elsewhere.received


@pytest.mark.parametrize(
    ("asked", "waits_s"), [("30", 30), ("", 0), ("soon", 0), ("9" * 40, 999_999_999), (formatdate(0), 0)]
)
async def test_a_receiver_may_ask_for_time_and_is_not_given_up(asked: str, waits_s: float) -> None:
    told = await failed(says("429 Too Many Requests", "slow down", retry_after=asked))
    assert (told.after_s, told.is_final) == (waits_s, False)


async def test_a_date_to_come_back_at_is_understood() -> None:
    at_s = int(time()) + 90
    told = await failed(says("503 Service Unavailable", retry_after=formatdate(at_s, usegmt=True)))
    assert 80 < told.after_s <= 90


async def test_a_receiver_that_is_gone_for_good_is_not_tried_again() -> None:
    assert (await failed(says("410 Gone"))).is_final
    assert not (await failed(says("400 Bad Request"))).is_final


async def test_nobody_at_the_address_and_no_such_name_are_told() -> None:
    for url, why in (("http://127.0.0.1:9/hook", "refused"), ("https://nobody.invalid/hook", "name")):
        with pytest.raises(NotSentError) as told:
            await web.post(way_to(url), ONE, time())
        assert why in told.value.failure.reason.lower()
        assert not told.value.failure.is_final


async def test_a_certificate_that_nobody_vouches_for_is_refused_unless_its_file_is_named(tmp_path: Path) -> None:
    certificate = write_certificate(tmp_path / "cert.pem")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    async with receiving(tls=tls) as receiver:
        url = receiver.url.replace("http:", "https:")
        with pytest.raises(NotSentError) as told:
            await web.post(way_of(channel(url=url), Settings()), ONE, time())
        assert "CERTIFICATE_VERIFY_FAILED" in told.value.failure.reason
        assert not receiver.received
        trusting = way_of(channel(url=url, ca_file=certificate), Settings())
        assert await web.post(trusting, ONE, time()) == "HTTP 200 OK"


def test_a_file_of_certificates_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"notify\.desk\.ca_file.*none\.pem"):
        way_of(channel(ca_file=tmp_path / "none.pem"), Settings())


# ---- what is in the bodies ----


def members(count: int) -> Outgoing:
    made = tuple(delivery(f"msg_{number}") for number in range(count))
    return Outgoing(id="sum_1" if count > 1 else "msg_0", deliveries=made)


def schema() -> Any:
    components = yaml.safe_load(yaml.safe_dump(DOCUMENT["components"]))
    return {"$ref": "#/components/schemas/Notice", "components": components}


@pytest.mark.parametrize("count", [1, 2, LISTED + 7])
def test_our_own_body_is_the_documented_one(count: int) -> None:
    body = webhook_body(members(count), "desk", "https://calls.example")
    jsonschema.validate(body, schema())
    assert len(body["data"]["alerts"]) == min(count, LISTED)
    assert body["data"].get("more", 0) == max(0, count - LISTED)
    assert body["data"]["alerts"][0]["url"] == CALL


def test_nothing_that_was_said_becomes_markup_in_slack() -> None:
    bad = notice(quote="<!channel> & <https://evil.example|click>", reason="", reason_code="")
    body = slack_body(text_of([bad], "en", "https://calls.example"))
    told = json.dumps(body, ensure_ascii=False)
    assert "<!channel>" not in told
    assert "&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;" in told
    assert body["blocks"][-1]["elements"][0]["url"] == CALL


def test_nothing_that_was_said_becomes_markup_in_teams() -> None:
    body = teams_body(text_of([notice(quote="[click](https://evil.example)")], "es", None), ["critical"])
    (attachment,) = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    lines = attachment["content"]["body"]
    assert {line["type"] for line in lines} == {"RichTextBlock"}  # which reads no Markdown
    assert lines[0]["inlines"][0] == {
        "type": "TextRun", "text": "Crítica: amenaza", "weight": "Bolder", "color": "Attention"
    }  # fmt: skip
    assert "actions" not in attachment["content"]


async def test_slack_and_teams_are_posted_unsigned() -> None:
    async with receiving() as receiver:
        for kind in ("slack", "teams"):
            await web.post(way_to(receiver.url, kind=kind, secret=None), ONE, time())
        slack, teams = receiver.received
    assert not {name for name in slack.headers if name.startswith("webhook-")}
    assert json.loads(slack.body)["text"] == "Critical: threat"
    assert json.loads(teams.body)["type"] == "message"


async def test_half_of_a_surrogate_pair_is_sent_as_the_escape_it_is() -> None:
    broken = Outgoing(id="msg_1", deliveries=(replace(delivery(), notice=notice(quote="\udc80")),))
    async with receiving() as receiver:
        await web.post(way_to(receiver.url), broken, time())
        got = await receiver.next()
    assert json.loads(got.body)["data"]["alerts"][0]["quote"] == "\udc80"
