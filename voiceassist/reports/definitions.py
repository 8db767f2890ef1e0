"""Every report, with its figures, their units and the words that explain them. The only place that defines them.

A report has rows (topics, offers, agents, hours, ...), and a figure of a row is made of sums over calls, as key
figures are: `part`, mostly of a `whole`. A call counts in the period in which it began. Never computes anything.
Next: `store/report_sums.py` adds up; screens, files and the digest show them with these words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from voiceassist.kpis.definitions import Told

ReportId = Literal[
    "refusals", "offers", "reasons", "promises", "disclosures", "rules", "abuse_hours", "abuse_agents"
]
FigureUnit = Literal["count", "share", "per_hour"]
RowOrder = Literal["most", "name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFigure:
    """One column of a report."""

    id: str
    unit: FigureUnit
    part: str  # name of a sum
    whole: str | None = None  # of which it is a part; none: it stands alone
    name: Told
    sentence: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report."""

    id: ReportId
    name: Told
    sentence: Told
    row: Told  # what a row is
    order: RowOrder  # "most": of the first figure; "name": who protects people orders them by nothing else
    figures: tuple[ReportFigure, ...]
    trend: str  # id of the figure that is shown step by step


def _told(en: str, es: str) -> Told:
    return Told(en=en, es=es)


REFUSED = ReportFigure(
    id="refused",
    unit="count",
    part="refusals",
    name=_told("Refusals", "Negativas"),
    sentence=_told("Refusals by agents; what was retracted is none.", "Negativas de agentes, sin las retiradas."),
)

REPORTS = (
    Report(
        id="refusals",
        name=_told("What we say no to", "A qué decimos que no"),
        sentence=_told(
            "Refusals by topic, for whoever owns the policy. A topic is the heading of the card that the refusal "
            "brought; a refusal without a card has none.",
            "Negativas por tema, para quien decide la política. El tema es el título de la tarjeta que trajo la "
            "negativa; sin tarjeta no hay tema.",
        ),
        row=_told("Topic", "Tema"),
        order="most",
        figures=(
            REFUSED,
            ReportFigure(
                id="recovered",
                unit="share",
                part="recovered",
                whole="closed",
                name=_told("Recovered", "Recuperadas"),
                sentence=_told(
                    "Of the refusals that are over: those where an alternative followed in time.",
                    "De las negativas cerradas: las que se compensaron a tiempo con una alternativa.",
                ),
            ),
            ReportFigure(
                id="dead_ends",
                unit="count",
                part="dead_ends",
                name=_told("Dead ends", "Sin salida"),
                sentence=_told(
                    "Refusals that no alternative followed in time.",
                    "Negativas a las que no siguió ninguna alternativa a tiempo.",
                ),
            ),
            ReportFigure(
                id="offered",
                unit="count",
                part="offered",
                name=_told("Cards with alternatives", "Tarjetas con alternativas"),
                sentence=_told(
                    "Cards for these refusals that had something to offer.",
                    "Tarjetas de estas negativas que tenían algo que ofrecer.",
                ),
            ),
            ReportFigure(
                id="taken",
                unit="share",
                part="taken",
                whole="offered",
                name=_told("Taken", "Aceptadas"),
                sentence=_told(
                    "Of these cards: those that the agent used.",
                    "De estas tarjetas: las que el agente usó.",
                ),
            ),
        ),
        trend="refused",
    ),
    Report(
        id="offers",
        name=_told("Recovery by offer", "Recuperación por oferta"),
        sentence=_told(
            "What cards offered instead, how often it was taken, and whether the refusal was recovered then.",
            "Qué ofrecieron las tarjetas, cuántas veces se aceptó y si la negativa se recuperó después.",
        ),
        row=_told("Offer", "Oferta"),
        order="most",
        figures=(
            ReportFigure(
                id="shown",
                unit="count",
                part="offered",
                name=_told("Offered", "Ofrecida"),
                sentence=_told(
                    "Cards that had this alternative on them.",
                    "Tarjetas que tenían esta alternativa.",
                ),
            ),
            ReportFigure(
                id="chosen",
                unit="share",
                part="taken",
                whole="offered",
                name=_told("Taken", "Aceptada"),
                sentence=_told(
                    "Of these cards: those on which the agent chose this alternative.",
                    "De estas tarjetas: aquellas en las que el agente eligió esta alternativa.",
                ),
            ),
            ReportFigure(
                id="recovered_after",
                unit="share",
                part="recovered",
                whole="taken",
                name=_told("Recovered after", "Recuperada después"),
                sentence=_told(
                    "Of those that were taken: the refusals that were recovered. It shows no cause.",
                    "De las aceptadas: las negativas que se recuperaron. No demuestra ninguna causa.",
                ),
            ),
        ),
        trend="chosen",
    ),
    Report(
        id="reasons",
        name=_told("What calls are about", "De qué tratan las llamadas"),
        sentence=_told(
            "Calls by the topics of their cards, and by what customers said that the "
            "playbook has a kind of cue for. "
            "A call may have several; one in which nothing was refused or found has none.",
            "Llamadas por los temas de sus tarjetas y por lo que dijeron los clientes y la "
            "guía reconoce. Una llamada "
            "puede tener varios; si no se negó ni se encontró nada, ninguno.",
        ),
        row=_told("Topic or cue", "Tema o señal"),
        order="most",
        figures=(
            ReportFigure(
                id="share",
                unit="share",
                part="calls",
                whole="all_calls",
                name=_told("Calls", "Llamadas"),
                sentence=_told("Of all calls: those with it.", "De todas las llamadas: las que lo tienen."),
            ),
        ),
        trend="share",
    ),
    Report(
        id="promises",
        name=_told("Promises made and kept", "Promesas hechas y cumplidas"),
        sentence=_told(
            "What agents promised by a day or a time. Only people know whether it was kept: "
            "what nobody marked is open.",
            "Lo que los agentes prometieron para un día o una hora. Solo las personas saben "
            "si se cumplió: lo que nadie "
            "marcó está abierto.",
        ),
        row=_told("Agent", "Agente"),
        order="name",
        figures=(
            ReportFigure(
                id="promised",
                unit="count",
                part="promises",
                name=_told("Promised", "Prometidas"),
                sentence=_told("Promises with a day or a time.", "Promesas con un día o una hora."),
            ),
            ReportFigure(
                id="kept",
                unit="share",
                part="kept",
                whole="marked",
                name=_told("Kept", "Cumplidas"),
                sentence=_told(
                    "Of those that somebody marked: those that were kept.",
                    "De las que alguien marcó: las que se cumplieron.",
                ),
            ),
            ReportFigure(
                id="open",
                unit="count",
                part="open",
                name=_told("Open", "Abiertas"),
                sentence=_told("Nobody has said yet what became of them.", "Nadie ha dicho aún qué fue de ellas."),
            ),
        ),
        trend="promised",
    ),
    Report(
        id="disclosures",
        name=_told("What had to be said", "Lo que había que decir"),
        sentence=_told(
            "What had to be said in these calls, by what it is. What turned out not to be needed does not count.",
            "Lo que había que decir en estas llamadas. No cuenta lo que al final no hacía falta.",
        ),
        row=_told("What had to be said", "Lo que había que decir"),
        order="most",
        figures=(
            ReportFigure(
                id="due",
                unit="count",
                part="due",
                name=_told("Due", "Pendientes"),
                sentence=_told("Calls in which it had to be said.", "Llamadas en las que había que decirlo."),
            ),
            ReportFigure(
                id="said",
                unit="share",
                part="said",
                whole="due",
                name=_told("Said in time", "Dicho a tiempo"),
                sentence=_told("Of these: it was said in time.", "De estas: se dijo a tiempo."),
            ),
            ReportFigure(
                id="late",
                unit="count",
                part="late",
                name=_told("Said late", "Dicho tarde"),
                sentence=_told("It was said, but later.", "Se dijo, pero más tarde."),
            ),
            ReportFigure(
                id="missed",
                unit="count",
                part="missed",
                name=_told("Not said", "No dicho"),
                sentence=_told("It was not said at all.", "No se dijo nunca."),
            ),
        ),
        trend="said",
    ),
    Report(
        id="rules",
        name=_told("Cards by rule", "Tarjetas por regla"),
        sentence=_told(
            "What each rule of a playbook found, and what people made of its cards.",
            "Qué encontró cada regla de una guía y qué hicieron las personas con sus tarjetas.",
        ),
        row=_told("Rule", "Regla"),
        order="most",
        figures=(
            ReportFigure(
                id="fired",
                unit="count",
                part="fired",
                name=_told("Found", "Encontrado"),
                sentence=_told("Cues that reached people.", "Señales que llegaron a las personas."),
            ),
            ReportFigure(
                id="cards",
                unit="count",
                part="cards",
                name=_told("Cards", "Tarjetas"),
                sentence=_told("Cards that the rule brought.", "Tarjetas que trajo la regla."),
            ),
            ReportFigure(
                id="used",
                unit="share",
                part="used",
                whole="cards",
                name=_told("Used", "Usadas"),
                sentence=_told("Of the cards: those that were used.", "De las tarjetas: las usadas."),
            ),
            ReportFigure(
                id="dismissed",
                unit="share",
                part="dismissed",
                whole="cards",
                name=_told("Dismissed", "Descartadas"),
                sentence=_told("Of the cards: those that were put away.", "De las tarjetas: las descartadas."),
            ),
            ReportFigure(
                id="not_useful",
                unit="share",
                part="not_useful",
                whole="cards",
                name=_told("Not useful", "No útiles"),
                sentence=_told(
                    "Of the cards: those that somebody called of no use.",
                    "De las tarjetas: las que alguien marcó como no útiles.",
                ),
            ),
            ReportFigure(
                id="false_alarms",
                unit="share",
                part="false_alarms",
                whole="fired",
                name=_told("False alarms", "Falsas alarmas"),
                sentence=_told(
                    "Of what was found: what somebody called a false alarm.",
                    "De lo encontrado: lo que alguien marcó como falsa alarma.",
                ),
            ),
        ),
        trend="cards",
    ),
    Report(
        id="abuse_hours",
        name=_told("Abuse by hour of day", "Abusos por hora del día"),
        sentence=_told(
            "When customers insult, threaten or demean: to plan breaks and people by. What "
            "somebody called a false "
            "alarm does not count.",
            "Cuándo los clientes insultan, amenazan o humillan: para planear pausas y "
            "personal. No cuenta lo marcado "
            "como falsa alarma.",
        ),
        row=_told("Hour", "Hora"),
        order="name",
        figures=(
            ReportFigure(
                id="abuse",
                unit="count",
                part="abuse",
                name=_told("Abuse", "Abusos"),
                sentence=_told(
                    "Insults, threats, slurs and sexual remarks by customers.",
                    "Insultos, amenazas, injurias y comentarios sexuales de clientes.",
                ),
            ),
        ),
        trend="abuse",
    ),
    Report(
        id="abuse_agents",
        name=_told("Abuse that people bear", "Abusos que soporta cada persona"),
        sentence=_told(
            "What customers did to each person, to protect them. It says nothing about how "
            "anybody works, and is in "
            "the order of names for that reason.",
            "Lo que los clientes hicieron a cada persona, para protegerla. No dice nada de "
            "cómo trabaja nadie; por "
            "eso va por nombre.",
        ),
        row=_told("Person", "Persona"),
        order="name",
        figures=(
            ReportFigure(
                id="borne",
                unit="count",
                part="abuse",
                name=_told("Abuse", "Abusos"),
                sentence=_told(
                    "Insults, threats, slurs and sexual remarks by customers.",
                    "Insultos, amenazas, injurias y comentarios sexuales de clientes.",
                ),
            ),
            ReportFigure(
                id="per_hour",
                unit="per_hour",
                part="abuse",
                whole="duration_ms",
                name=_told("Per hour on calls", "Por hora de llamada"),
                sentence=_told("The same per hour on calls.", "Lo mismo por hora de llamada."),
            ),
            ReportFigure(
                id="calls",
                unit="count",
                part="calls",
                name=_told("Calls", "Llamadas"),
                sentence=_told("All calls of this person.", "Todas las llamadas de esta persona."),
            ),
        ),
        trend="borne",
    ),
)

REPORT_BY_ID: Mapping[ReportId, Report] = {report.id: report for report in REPORTS}
