"""The vendor's own list of models, model-list.json beside them: checksums and sizes that our manifest lacks.

Never decides what may be installed. Next: `pull.py` compares a download with it.
"""

from dataclasses import dataclass

import httpx
from pydantic import TypeAdapter, ValidationError

from voiceassist.errors import ModelError
from voiceassist.speech_models.download import BAD_ADDRESS, not_reached

NAME = "model-list.json"
LARGEST_BYTES = 1 << 20  # the list has about 30 kB


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of the list; it says more than we read."""

    name: str
    md5: str  # of the zip
    size: int  # bytes of the zip


def vendor_says(http: httpx.Client, url: str, name: str) -> Listed | None:
    """What the list at `url` says of a model; None if it does not name it.

    Raises ModelError when there is no list that can be read.
    """
    try:
        listed = TypeAdapter(list[Listed]).validate_json(_fetch(http, url))
    except (httpx.TransportError, *BAD_ADDRESS) as error:
        raise not_reached(url, error) from error
    except (httpx.HTTPError, ValidationError) as error:
        raise ModelError(f"{url}: the vendor's list cannot be read: {str(error).splitlines()[0]}") from error
    return next((one for one in listed if one.name == name), None)


def _fetch(http: httpx.Client, url: str) -> bytes:
    body = b""
    with http.stream("GET", url) as response:
        response.raise_for_status()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > LARGEST_BYTES:
                raise ModelError(f"{url}: the vendor's list has more than {LARGEST_BYTES} bytes")
    return body
