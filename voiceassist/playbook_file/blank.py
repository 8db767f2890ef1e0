"""The text of a new, empty playbook: what every playbook must have, and nothing else.

Valid as it is: a test holds that. Its one policy is for requests that no policy fits, in the playbook's language
where we have words for it, else in English. Next: `server/playbooks.py` makes a draft of it.
"""

import json
from collections.abc import Mapping

from voiceassist.core.words.languages import primary_subtag

GENERAL: Mapping[str, Mapping[str, str]] = {
    "en": {
        "topic": "A request that can't be met",
        "limit": "What was asked for is not possible.",
        "benefit": "A clear answer now saves waiting for another one.",
        "say": "I can't do exactly that. What do you need most? Then I can tell you what is possible.",
        "avoid": "There is nothing I can do.",
    },
    "es": {
        "topic": "Una petición que no se puede atender",
        "limit": "Lo que se pide no es posible.",
        "benefit": "Una respuesta clara ahora ahorra esperar otra.",
        "say": "Justo eso no puedo hacerlo. ¿Qué es lo que más necesita? Así le digo qué es posible.",
        "avoid": "No puedo hacer nada.",
    },
}


def blank_playbook(name: str, title: str, language: str) -> str:
    """The YAML of an empty playbook; `name` and `language` must be valid."""
    general = GENERAL.get(primary_subtag(language), GENERAL["en"])
    fields = "".join(f"    {field}: {_quoted(text)}\n" for field, text in general.items())
    return (
        f"name: {_quoted(name)}\n"
        f"title: {_quoted(title or name)}\n"
        f"language: {_quoted(language)}\n"
        f"policies:\n  general:\n{fields}    alternatives: {{}}\n"
        "cards: {}\n"
        "alerts: {}\n"
    )


def _quoted(text: str) -> str:
    """As YAML reads it whatever it holds: JSON's strings are YAML's."""
    return json.dumps(text, ensure_ascii=False)
