"""Who is at the other end of the line, as an address. A proxy's word counts only where the settings trust it.

`http.py` has put the address that a trusted proxy tells into the scope already. Never decides what a peer may do.
Next: `auth.py`, `gate.py`, the throttle and the audit.
"""

from ipaddress import ip_address

from starlette.requests import HTTPConnection

# Whoever sends one of these was reached by a proxy, or wants us to believe so: nobody at this machine's keyboard.
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


def address_of(connection: HTTPConnection) -> str:
    """The peer's address; empty where there is none."""
    return connection.client.host if connection.client else ""


def is_local(connection: HTTPConnection) -> bool:
    """Whether the peer is a program on this machine that passes on nobody else's request."""
    if any(name in connection.headers for name in FORWARDED):
        return False
    try:
        return ip_address(address_of(connection)).is_loopback
    except ValueError:
        return False
