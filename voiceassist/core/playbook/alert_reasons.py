"""Which reasons of alerts are our own: pages say those in their own language, by the code of the alert's kind.

A reason that a team wrote in its playbook stays as it wrote it. Never translates anything.
Next: `call/alerts.py` puts the code on an alert; `web/src/texts` has the words.
"""

from collections.abc import Mapping

# By kind: the reason of the built-in playbooks, in each of their languages, and what it was before: playbooks that
# were copied then still have it. A test compares them.
OUR_REASONS: Mapping[str, tuple[str, ...]] = {
    "help": ("The agent asks for help.", "El agente pide ayuda."),
    "break": (
        "The agent takes a break after a call.",
        "El agente se toma un descanso tras una llamada.",
    ),
    "missing": (
        "Something that must be said in this call was not said in time.",
        "Something that must be said in this call was not.",
        "No se dijo a tiempo algo que hay que decir en esta llamada.",
        "No se dijo algo que hay que decir en esta llamada.",
    ),
    "dead_end": (
        *("A refusal was left without an alternative.", "Tras una negativa no se ofreció ninguna alternativa."),
        *("A refusal was followed by no alternative.", "A una negativa no siguió ninguna alternativa."),
    ),
    "profanity": (
        "The customer keeps swearing.",
        *("El cliente sigue diciendo palabrotas.", "El cliente dice muchas palabrotas."),
    ),
    "insult": ("The customer insults the agent.", "El cliente insulta al agente."),
    "threat": ("The customer threatens to harm someone.", "El cliente amenaza con hacer daño a alguien."),
    "slur": ("The customer uses a slur.",),
    "sexual": ("The customer harasses the agent sexually.",),
    "legal_threat": (
        "The customer threatens to go to a lawyer, an authority or the public.",
        "El cliente amenaza con acudir a un abogado, a una autoridad o al público.",
        "The customer threatens with a lawyer, an authority or the public.",
        "El cliente amenaza con un abogado, una autoridad o la opinión pública.",
    ),
    "escalation": (
        "The customer asks for a manager or somebody else.",
        "El cliente pide hablar con un responsable o con otra persona.",
    ),
    "churn": ("The customer wants to leave.", "El cliente quiere irse."),
}


def reason_code(kind: str, reason: str) -> str:
    """The kind, where its reason is our own; empty where a playbook has words of its own."""
    return kind if reason in OUR_REASONS.get(kind, ()) else ""
