"""The words around a call in a document, in every language of the pages. Next: `document.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from voiceassist.events import CallPart, DisclosureState, RefusalOutcome, Speaker

Language = Literal["en", "es"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPhrases:
    """One language."""

    call: str
    agent: str
    team: str
    customer: str
    tier: str
    started: str
    duration: str
    playbook: str
    engine: str
    source: str
    speakers: Mapping[Speaker, str]
    transcript: str
    nothing_said: str
    refusals: str
    refusal_outcomes: Mapping[RefusalOutcome | None, str]
    promises: str
    disclosures: str
    disclosure_states: Mapping[DisclosureState, str]
    alerts: str
    alert_states: Mapping[str, str]
    cards: str
    notes: str
    deleted: Mapping[CallPart, str]
    kept: Mapping[str, str]  # what a person said of a promise
    print: str
    not_a_model: str


PHRASES: Mapping[Language, DocumentPhrases] = {
    "en": DocumentPhrases(
        call="Call",
        agent="Agent",
        team="Team",
        customer="Customer",
        tier="Tier",
        started="Began",
        duration="Duration",
        playbook="Playbook",
        engine="Heard by",
        source="Source",
        speakers={"agent": "Agent", "customer": "Customer"},
        transcript="What was said",
        nothing_said="Nothing was heard.",
        refusals="Refusals",
        refusal_outcomes={"recovered": "recovered", "dead_end": "dead end", None: "open"},
        promises="Promised by a day or a time",
        disclosures="What had to be said",
        disclosure_states={"due": "due", "said": "said", "missed": "not said in time", "withdrawn": "not needed"},
        alerts="Alerts",
        alert_states={"open": "open", "acknowledged": "acknowledged", "resolved": "resolved"},
        cards="Cards used",
        notes="Notes",
        deleted={"audio": "The recording was deleted.", "transcript": "The words of this call were deleted."},
        kept={"kept": "kept", "not_kept": "not kept"},
        print="Print or save as PDF",
        not_a_model="Made from what was heard and stored; words may be misheard.",
    ),
    "es": DocumentPhrases(
        call="Llamada",
        agent="Agente",
        team="Equipo",
        customer="Cliente",
        tier="Nivel",
        started="Inicio",
        duration="Duración",
        playbook="Guía",
        engine="Reconocido por",
        source="Origen",
        speakers={"agent": "Agente", "customer": "Cliente"},
        transcript="Lo que se dijo",
        nothing_said="No se oyó nada.",
        refusals="Negativas",
        refusal_outcomes={"recovered": "recuperada", "dead_end": "sin salida", None: "abierta"},
        promises="Prometido para un día o una hora",
        disclosures="Lo que había que decir",
        disclosure_states={
            "due": "pendiente",
            "said": "dicho",
            "missed": "no se dijo a tiempo",
            "withdrawn": "no hacía falta",
        },
        alerts="Alertas",
        alert_states={"open": "abierta", "acknowledged": "confirmada", "resolved": "resuelta"},
        cards="Tarjetas usadas",
        notes="Notas",
        deleted={
            "audio": "La grabación se borró.",
            "transcript": "Las palabras de esta llamada se borraron.",
        },
        kept={"kept": "cumplida", "not_kept": "no cumplida"},
        print="Imprimir o guardar como PDF",
        not_a_model="Hecho con lo que se oyó y se guardó; puede haber palabras mal oídas.",
    ),
}
