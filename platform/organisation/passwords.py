"""Is this the password, and how is one kept?

Argon2id with 19 MiB and two passes (the second recommendation of OWASP's password storage cheat
sheet): about 30 ms on one core of an ordinary server.
"""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 256


@cache
def hasher() -> PasswordHasher:
    """Return the hasher with our parameters."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _nobodys_hash() -> str:
    return hasher().hash(b"nobody")


def password_fault(password: str) -> str | None:
    """Return what is wrong with a new password as a sentence, or None."""
    if SHORTEST <= len(password) <= LONGEST:
        return None
    return f"A password has {SHORTEST} to {LONGEST} characters."


def hash_password(password: str) -> str:
    """Return the hash under which a password is kept."""
    return hasher().hash(_bytes(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Say whether `password` belongs to the hash; takes as long when there is no hash at all."""
    # Made before the first comparison, so that not even the first unknown login takes longer.
    stand_in = _nobodys_hash()
    try:
        hasher().verify(password_hash or stand_in, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Say whether the hash was made with other parameters than today's."""
    return hasher().check_needs_rehash(password_hash)


def _bytes(password: str) -> bytes:
    # A lone surrogate can come through JSON; it is a wrong password, not a crash. More than the
    # longest is cut, so that a megabyte of password costs no more than a short one.
    return password[: LONGEST + 1].encode("utf-8", "surrogatepass")
