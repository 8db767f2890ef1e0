"""The bodies that receivers on the web get: our own JSON, Slack's and Teams'. Pure.

No text of a call can become markup there: Slack's three control characters are escaped, Teams gets text runs,
which it does not read as Markdown. Next: `web.py` posts them, `broker.py` publishes our own.
"""

from collections.abc import Sequence
from dataclasses import asdict
from json import dumps
from typing import Any

from voiceassist.notices.channel_queue import Outgoing
from voiceassist.notices.notice import Notice
from voiceassist.notices.text import Wording, call_link

# Slack: a section's text has at most 3,000 characters, a header 150 (Block Kit reference).
SLACK_SECTION, SLACK_HEADER = 3000, 150
ADAPTIVE_CARD = "application/vnd.microsoft.card.adaptive"
TEAMS_LEVELS = {"critical": "Attention", "warning": "Warning", "info": "Accent"}

LISTED = 50  # alerts of a summary; with the texts' longest some 200 KB. The rest is a number

Json = dict[str, Any]


def webhook_body(message: Outgoing, channel: str, public_url: str | None) -> Json:
    """Our own: as the README documents it for who writes a receiver."""
    notices = [delivery.notice for delivery in message.deliveries]
    first, more = notices[0], len(notices[LISTED:])
    alerts = [_alert(notice, public_url) for notice in notices[:LISTED]]
    return {
        "type": "summary" if len(notices) > 1 else f"alert.{first.about}",
        "timestamp": first.at,
        "id": message.id,
        "channel": channel,
        "data": {"alerts": alerts} | ({"more": more} if more else {}),
    }


def _alert(notice: Notice, public_url: str | None) -> Json:
    told = {key: value for key, value in asdict(notice).items() if value or key in ("level", "state", "about")}
    return told | ({"url": link} if (link := call_link(notice, public_url)) else {})


def slack_body(text: Wording) -> Json:
    """For an incoming webhook of Slack: blocks, and the same as plain text for what shows no blocks."""
    lines = _escaped("\n".join(text.lines))[:SLACK_SECTION]
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": text.title[:SLACK_HEADER], "emoji": False}},
        {"type": "section", "text": {"type": "mrkdwn", "text": lines, "verbatim": True}},
    ]
    if text.link:
        button = {"type": "button", "text": {"type": "plain_text", "text": text.link_text}, "url": text.link}
        blocks.append({"type": "actions", "elements": [button]})
    return {"text": _escaped(text.title), "blocks": blocks if lines else [blocks[0], *blocks[2:]]}


def _escaped(text: str) -> str:
    """As Slack's documentation wants it: nothing is a link, a mention or a channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def teams_body(text: Wording, levels: Sequence[str]) -> Json:
    """For a Teams workflow ("post to a channel when a webhook request is received"): one Adaptive Card."""
    worst = next((level for level in TEAMS_LEVELS if level in levels), "info")
    title = {"type": "TextRun", "text": text.title, "weight": "Bolder", "color": TEAMS_LEVELS[worst]}
    body = [{"type": "RichTextBlock", "inlines": [title]}]
    body += [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line}]} for line in text.lines]
    card: Json = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if text.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": text.link_text, "url": text.link}]
    attachment = {"contentType": ADAPTIVE_CARD, "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def encoded(body: Json) -> bytes:
    """The bytes that are sent, and signed. A lone surrogate, which has no UTF-8, becomes an escape."""
    return dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
