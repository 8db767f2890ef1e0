"""Passwords, tokens and their hashes: what is secret, and what is stored of it. No I/O.

Passwords are hashed with argon2id, slowly and with a salt; tokens are random, so SHA-256 is enough for them.
"""

from hashlib import sha256
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

TOKEN_BYTES = 32
PASSWORD_CHARS = 10, 200  # NIST SP 800-63B asks for 8 and to allow 64
HASHER = PasswordHasher()  # the second choice of RFC 9106: 64 MiB, 3 passes; some 50 ms
# What is looked at when nobody has the login: a random text that nobody kept, hashed once, not at every start.
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$y03+IZ0aQfLl/oIIdOOJbg$2G5UbhgbHDHynirl565hWBxcut/l6fY9Zx4e7AH7Fc4"


def hash_password(password: str) -> str:
    """For the database; slow."""
    return HASHER.hash(password)


def is_password(stored: str, given: str) -> bool:
    """Whether it is the one; slow, and as slow for a person who has none."""
    try:
        HASHER.verify(stored or NOBODYS, given)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def is_long_enough(password: str) -> bool:
    """Whether it may be a password."""
    shortest, longest = PASSWORD_CHARS
    return shortest <= len(password) <= longest


def new_token() -> str:
    """For a cookie or a link."""
    return token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return sha256(token.encode(errors="replace")).hexdigest()
