"""Every key figure, with its unit and the sentence that explains it to people. The only place that defines them.

A figure is made of sums over calls: `part`, mostly of a `whole`. `numbers.py` says what one call adds to each sum.
A call counts in the period in which it began. Never computes anything.
Next: `values.py` makes values of the sums; screens and files show them with these words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["count", "duration", "share", "per_hour", "median", "p90"]
Sum = Literal[
    "calls",
    "duration_ms",
    "refusals",
    "closed",  # refusals whose episode is over
    "recovered",
    "dead_ends",
    "cards",
    "cards_used",
    "cards_dismissed",
    "cards_unhelpful",
    "alerts",
    "acknowledged",
    "alarms",  # cues that brought a card or an alert
    "false_alarms",
    "abuse",
    "vague_promises",
    "disclosures",
    "missed",
    "helped",  # closed refusals with a person's help shortly before
    "helped_recovered",
    "unhelped",
    "unhelped_recovered",
]

HELPED_WITHIN_S = 120
"""As long as an acknowledgement or a message can have to do with how a refusal ends. No measurement: a refusal's
episode lasts half a minute, and somebody has to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The same words in every language of the pages."""

    en: str
    es: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One key figure."""

    id: str
    unit: Unit  # median and p90: milliseconds, over what `part` counts
    part: Sum
    whole: Sum | None  # of which it is a part; none: it stands alone
    name: Told
    sentence: Told


# A difference of two other sums, which need not be stored.
DIFFERENCES: Mapping[Sum, tuple[Sum, Sum]] = {
    "dead_ends": ("closed", "recovered"),
    "unhelped": ("closed", "helped"),
    "unhelped_recovered": ("recovered", "helped_recovered"),
}

OF_EVERY_CALL: frozenset[Sum] = frozenset({"calls", "duration_ms"})
"""Every call has them: the calls behind them are all calls."""

KPIS = (
    Kpi(
        id="calls",
        unit="count",
        part="calls",
        whole=None,
        name=Told(en="Calls", es="Llamadas"),
        sentence=Told(
            en="Calls that began in this period, those that still go on among them.",
            es="Llamadas que empezaron en este periodo, también las que siguen en curso.",
        ),
    ),
    Kpi(
        id="talk",
        unit="duration",
        part="duration_ms",
        whole=None,
        name=Told(en="Time on calls", es="Tiempo en llamadas"),
        sentence=Told(
            en="How long these calls lasted, from their beginning to their end or until now.",
            es="Cuánto duraron estas llamadas, desde su inicio hasta su final o hasta ahora.",
        ),
    ),
    Kpi(
        id="refusals",
        unit="count",
        part="refusals",
        whole=None,
        name=Told(en="Refusals", es="Negativas"),
        sentence=Told(
            en="How often an agent said no. Words that are only coloured as doubtful do not count.",
            es="Cuántas veces un agente dijo que no. No cuentan las palabras que solo se marcan como dudosas.",
        ),
    ),
    Kpi(
        id="recovered",
        unit="share",
        part="recovered",
        whole="closed",
        name=Told(en="Recovered", es="Recuperadas"),
        sentence=Told(
            en="Of the refusals that are over: those where the agent then offered an alternative in time.",
            es="De las negativas ya cerradas: las que el agente compensó a tiempo con una alternativa.",
        ),
    ),
    Kpi(
        id="dead_ends",
        unit="count",
        part="dead_ends",
        whole="closed",
        name=Told(en="Dead ends", es="Sin salida"),
        sentence=Told(
            en="Refusals that no alternative followed in time.",
            es="Negativas a las que no siguió ninguna alternativa a tiempo.",
        ),
    ),
    Kpi(
        id="acknowledge_median",
        unit="median",
        part="acknowledged",
        whole="alerts",
        name=Told(en="Until acknowledged, median", es="Hasta la confirmación, mediana"),
        sentence=Told(
            en="Half of the acknowledged alerts were acknowledged or resolved by a person this fast or faster.",
            es="La mitad de las alertas confirmadas las confirmó o resolvió una persona en este tiempo o menos.",
        ),
    ),
    Kpi(
        id="acknowledge_p90",
        unit="p90",
        part="acknowledged",
        whole="alerts",
        name=Told(en="Until acknowledged, 9 of 10", es="Hasta la confirmación, 9 de 10"),
        sentence=Told(
            en="Nine of ten acknowledged alerts were acknowledged or resolved by a person this fast or faster.",
            es="Nueve de cada diez alertas confirmadas las atendió una persona en este tiempo o menos.",
        ),
    ),
    Kpi(
        id="abuse",
        unit="per_hour",
        part="abuse",
        whole="duration_ms",
        name=Told(en="Abuse per hour on calls", es="Abusos por hora de llamada"),
        sentence=Told(
            en=(
                "Insults, threats, slurs and sexual remarks by customers, per hour on calls: what the staff has "
                "to bear. What somebody called a false alarm does not count."
            ),
            es=(
                "Insultos, amenazas, injurias y comentarios sexuales de clientes por hora de llamada: lo que el "
                "equipo tiene que soportar. No cuenta lo que alguien marcó como falsa alarma."
            ),
        ),
    ),
    Kpi(
        id="cards_used",
        unit="share",
        part="cards_used",
        whole="cards",
        name=Told(en="Cards used", es="Tarjetas usadas"),
        sentence=Told(
            en="Of the cards that came: those that the agent chose, or whose advice they followed.",
            es="De las tarjetas que aparecieron: las que el agente eligió o cuyo consejo siguió.",
        ),
    ),
    Kpi(
        id="cards_dismissed",
        unit="share",
        part="cards_dismissed",
        whole="cards",
        name=Told(en="Cards dismissed", es="Tarjetas descartadas"),
        sentence=Told(
            en="Of the cards that came: those that the agent put away.",
            es="De las tarjetas que aparecieron: las que el agente descartó.",
        ),
    ),
    Kpi(
        id="cards_unhelpful",
        unit="share",
        part="cards_unhelpful",
        whole="cards",
        name=Told(en="Cards not useful", es="Tarjetas no útiles"),
        sentence=Told(
            en="Of the cards that came: those that somebody called of no use, or their reason a false alarm.",
            es="De las tarjetas que aparecieron: las marcadas como no útiles, o su motivo como falsa alarma.",
        ),
    ),
    Kpi(
        id="false_alarms",
        unit="share",
        part="false_alarms",
        whole="alarms",
        name=Told(en="False alarms", es="Falsas alarmas"),
        sentence=Told(
            en="Of the moments that brought a card or an alert: those that somebody called a false alarm.",
            es="De los momentos que trajeron una tarjeta o una alerta: los que alguien marcó como falsa alarma.",
        ),
    ),
    Kpi(
        id="vague_promises",
        unit="count",
        part="vague_promises",
        whole=None,
        name=Told(en="Promises without a date", es="Promesas sin fecha"),
        sentence=Told(
            en="Promises of an agent that name no day and no time.",
            es="Promesas de un agente que no dicen ni día ni hora.",
        ),
    ),
    Kpi(
        id="missed",
        unit="share",
        part="missed",
        whole="disclosures",
        name=Told(en="Disclosures missed", es="Avisos omitidos"),
        sentence=Told(
            en="Of what had to be said in these calls: what was not said in time, also when it was said later.",
            es="De lo que había que decir en las llamadas: lo que no se dijo a tiempo, aunque se dijera después.",
        ),
    ),
    Kpi(
        id="helped",
        unit="share",
        part="helped_recovered",
        whole="helped",
        name=Told(en="Recovered with help", es="Recuperadas con ayuda"),
        sentence=Told(
            en=(
                f"Of the refusals that ended within {HELPED_WITHIN_S} seconds after somebody acknowledged an "
                "alert of the call, or its agent read what somebody wrote to them: those that were recovered. "
                "Compare it with those without help. It shows no cause: people help where it is hard."
            ),
            es=(
                f"De las negativas que terminaron en los {HELPED_WITHIN_S} segundos siguientes a que alguien "
                "confirmara una alerta de la llamada, o a que su agente leyera un mensaje: las que se "
                "recuperaron. Compárelo con las que no tuvieron ayuda. No demuestra ninguna causa: se ayuda "
                "donde es difícil."
            ),
        ),
    ),
    Kpi(
        id="unhelped",
        unit="share",
        part="unhelped_recovered",
        whole="unhelped",
        name=Told(en="Recovered without help", es="Recuperadas sin ayuda"),
        sentence=Told(
            en=(
                "Of all other refusals that are over: those that were recovered. The difference to those with "
                "help shows no cause."
            ),
            es=(
                "De todas las demás negativas cerradas: las que se recuperaron. La diferencia con las que "
                "tuvieron ayuda no demuestra ninguna causa."
            ),
        ),
    ),
)

BY_ID: Mapping[str, Kpi] = {kpi.id: kpi for kpi in KPIS}
