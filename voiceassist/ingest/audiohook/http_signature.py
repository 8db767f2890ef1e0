"""The message signature in an HTTP request's headers: parsed strictly, and the HMAC over what it covers.

The draft 11 of RFC 9421, as Genesys AudioHook uses it: `Signature-Input` lists what is signed, `Signature` has the
HMAC-SHA256. What was parsed is encoded anew before it is signed, so that a sender must have been strict, too.
Never decides whether a signature is good enough: which parts it must cover and how old it may be.
Next: `auth.py`.
"""

import hmac
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass

from voiceassist.errors import IngestError

HEADER_CHARS = 4096  # of either header; Genesys sends some 400
# RFC 8941, sections 3.1.2, 3.3.1, 3.3.3 and 3.3.5: what may stand in these two headers.
KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
OPTIONAL_SPACES = re.compile(r" *")
COMMA = re.compile(r"[ \t]*,[ \t]*")

Param = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature, and what it says that it covers."""

    components: tuple[str, ...]  # in the order in which they are signed
    params: Mapping[str, Param]  # likewise
    signature: bytes


def parse_signature(signature_input: str, signature: str) -> Signed:
    """The first signature of a request's two headers. Raises IngestError for anything but strict ones."""
    if max(len(signature_input), len(signature)) > HEADER_CHARS:
        raise _wrong(f"a signature header has more than {HEADER_CHARS} characters")
    label, components, params = _Reader("Signature-Input", signature_input).signature_input()
    signatures = _Reader("Signature", signature).signatures()
    if label not in signatures:
        raise _wrong(f"`Signature` has none called {label!r}")
    return Signed(components=components, params=params, signature=signatures[label])


def signature_of(components: Mapping[str, str], params: Mapping[str, Param], secret: bytes) -> bytes:
    """The HMAC-SHA256 over components (name → value) and parameters, in their order."""
    lines = [f"{_quoted(name)}: {value}" for name, value in components.items()]
    lines.append(f'"@signature-params": {signature_params(tuple(components), params)}')
    return hmac.digest(secret, "\n".join(lines).encode(), "sha256")


def signature_params(components: tuple[str, ...], params: Mapping[str, Param]) -> str:
    """How `Signature-Input` says it, after the label."""
    listed = " ".join(map(_quoted, components))
    said = "".join(
        f";{name}={_quoted(value) if isinstance(value, str) else value}" for name, value in params.items()
    )
    return f"({listed}){said}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


def _wrong(why: str) -> IngestError:
    return IngestError("unauthorized", why)


class _Reader:
    """Reads one header from left to right."""

    def __init__(self, header: str, text: str) -> None:
        self._header, self._text, self._at = header, text.strip(" "), 0

    def signature_input(self) -> tuple[str, tuple[str, ...], Mapping[str, Param]]:
        """The first member: its label, what is listed, and the parameters. The others must be well-formed, too."""
        first = self._listed()
        while self._at < len(self._text):
            self._take(COMMA)
            self._listed()
        return first

    def signatures(self) -> Mapping[str, bytes]:
        """Every member by its label."""
        found = dict([self._bytes()])
        while self._at < len(self._text):
            self._take(COMMA)
            label, value = self._bytes()
            found[label] = value
        return found

    def _listed(self) -> tuple[str, tuple[str, ...], Mapping[str, Param]]:
        label = self._take(KEY)
        self._literal("=(")
        components: list[str] = []
        while not self._try_literal(")"):
            if components and self._text[self._at - 1] != " ":
                raise self._malformed()
            components.append(self._string())
            self._take(OPTIONAL_SPACES)
        if len(set(components)) != len(components):
            raise _wrong(f"`{self._header}` lists a component twice")
        return label, tuple(components), self._params()

    def _params(self) -> Mapping[str, Param]:
        params: dict[str, Param] = {}
        while self._try_literal(";"):
            self._take(OPTIONAL_SPACES)
            name = self._take(KEY)
            self._literal("=")
            if name in params:
                raise _wrong(f"`{self._header}` has the parameter {name!r} twice")
            params[name] = self._string() if self._text[self._at : self._at + 1] == '"' else self._integer()
        return params

    def _bytes(self) -> tuple[str, bytes]:
        label = self._take(KEY)
        self._literal("=")
        encoded = self._take(BYTES)
        try:
            return label, b64decode(encoded, validate=True)
        except Base64Error:
            raise self._malformed() from None

    def _string(self) -> str:
        self._take(OPTIONAL_SPACES)
        return re.sub(r"\\(.)", r"\1", self._take(STRING))

    def _integer(self) -> int:
        return int(self._take(INTEGER))

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise self._malformed()
        self._at = match.end()
        return match[match.lastindex or 0]

    def _literal(self, text: str) -> None:
        if not self._try_literal(text):
            raise self._malformed()

    def _try_literal(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _malformed(self) -> IngestError:
        return _wrong(f"`{self._header}` is malformed at character {self._at + 1}")
