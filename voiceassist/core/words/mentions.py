"""Who is named in what somebody writes: `@login`. Pure.

Never knows who there is: a name that is nobody's login is just a word. Next: the server keeps those that are
somebody's.
"""

import re

# As `server/person_fields.py` has logins. An e-mail address is no mention; a sentence's full stop is no login's.
_MENTION = re.compile(r"(?<![\w.@+-])@([a-zA-Z0-9._@-]{1,64})")


def mentioned_in(text: str) -> tuple[str, ...]:
    """The logins that may be meant, in lower case, each once, in order."""
    found = (match[1].rstrip(".-@").lower() for match in _MENTION.finditer(text))
    return tuple(dict.fromkeys(login for login in found if login))
