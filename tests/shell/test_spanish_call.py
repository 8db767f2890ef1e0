"""A Spanish call from its first word to its entry in the list, through a real server.

No Spanish model is at hand, so the scripted engine says what one would hear; everything after it is what runs.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.shell.serving import Serving, calling, hang_up, serving, settings_for, silence
from voiceassist.core.words.redact import MASK

WORD_MS, PAUSE_MS = 250, 900
LINES = (
    ("agent", "Buenos días, esta llamada puede ser grabada. ¿En qué puedo ayudarle?"),
    ("customer", "Compré una cafetera hace dos meses y quiero devolverla, es una reclamación."),
    ("agent", "Lo siento, pero nuestra política no permite devoluciones después de treinta días."),
    ("customer", "¡Eh, usted es un inútil! Eso me lo prometió la señorita Peña."),
    ("agent", "Entiendo su molestia. Lo que sí puedo hacer es ofrecerle un vale de compra."),
    (
        "customer",
        "Bueno, mi tarjeta es cuatro uno uno uno, dos dos dos dos, tres tres tres tres, cero nueve ocho siete.",
    ),
    ("customer", "Mi correo es ana guion bajo peña arroba correo punto com."),
)
SECONDS = sum(len(text.split()) * WORD_MS + PAUSE_MS for _, text in LINES) / 1000 + 2


def script() -> dict[str, Any]:
    """The lines with the times of their words, as the scripted engine reads them."""
    lines: list[dict[str, Any]] = []
    at = PAUSE_MS
    for speaker, text in LINES:
        words = []
        for word in text.split():
            words.append({"text": word, "start_ms": at, "end_ms": at + WORD_MS})
            at += WORD_MS
        lines.append({"speaker": speaker, "start_ms": words[0]["start_ms"], "end_ms": at, "words": words})
        at += PAUSE_MS
    return {"lines": lines}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the server has of the call."""

    server: Serving
    state: dict[str, Any]

    def cues(self) -> list[tuple[str, str]]:
        return [(view["cue"]["kind"], view["status"]) for view in self.state["cues"]]

    async def found(self, query: str) -> list[str | None]:
        """The snippets of the calls that a search finds."""
        page = (await self.server.http.get("/api/calls", params={"q": query})).json()
        return [call["snippet"] for call in page["calls"]]


@pytest.fixture
async def heard(tmp_path: Path) -> AsyncIterator[Heard]:
    """A server for English and Spanish that has just had a call from Mexico."""
    said = tmp_path / "llamada.json"
    said.write_text(json.dumps(script()), encoding="utf-8")
    async with serving(settings_for(tmp_path, engines={"es": f"scripted:{said}"})) as server:
        async with calling(
            server, "c-1", language="es-MX", agent={"id": "ines", "name": "In\u00e9s Nu\u00f1o"}
        ) as phone:
            await phone.send(silence(SECONDS))
            assert (await hang_up(phone))["type"] == "stopped"
        yield Heard(server=server, state=(await server.http.get("/api/calls/c-1")).json())


async def test_cues_cards_and_alerts_are_spanish(heard: Heard) -> None:
    assert heard.cues() == [("refusal", "confirmed"), ("insult", "confirmed"), ("alternative", "confirmed")]
    cards = [view["prompt"] for view in heard.state["prompts"]]
    assert [card["headline"] for card in cards] == [
        "Devolución fuera de plazo: diga qué es posible",
        "Ponga un límite",
    ]
    assert cards[0]["alternatives"][0]["text"] == "Un vale por el precio completo"
    assert [view["alert"]["reason"] for view in heard.state["alerts"]] == ["El cliente insulta al agente."]


async def test_the_refusal_is_recovered_by_the_alternative(heard: Heard) -> None:
    assert [view["outcome"] for view in heard.state["cues"]] == ["recovered", None, None]


async def test_card_number_and_address_leave_the_core_masked(heard: Heard) -> None:
    number, address = (final["text"] for final in heard.state["finals"][-2:])
    assert number == f"Bueno, mi tarjeta es {' '.join([MASK] * 16)}"
    assert address == f"Mi correo es {' '.join([MASK] * 8)}"
    assert await heard.found('"cuatro uno"') == []
    assert await heard.found("arroba") == []


async def test_search_needs_no_accents(heard: Heard) -> None:
    for query in ("reclamación", "reclamacion", "RECLAMACIÓN", "reclamacio\u0301n", "reclamac"):
        (snippet,) = await heard.found(query)
        assert snippet is not None
        assert "\x02reclamación\x03" in snippet
    for query in ("peña", "pena", '"senorita pena"', "señorita"):
        assert len(await heard.found(query)) == 1


async def test_names_and_language_of_the_call_stay_as_they_came(heard: Heard) -> None:
    started = heard.state["started"]
    assert started["agent"]["name"] == "Inés Nuño"
    assert started["language"].startswith("es")
    assert started["playbook"] == "comercio@1"
