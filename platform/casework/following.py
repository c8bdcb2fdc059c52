"""How does a citizen follow a report without an account: with which code, and who may read what?

The code is made from the report's id and a secret of the installation, so that a sender who never
got the answer gets the same code for the same report again. Of the code only its SHA-256 is kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from wanmi.platform.casework.intake import Sender
from wanmi.platform.casework.tables import Case
from wanmi.platform.kernel.errors import NotFound

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

CITIZEN = "citizen"
CODE_LETTERS = 16
"""Sixteen letters of 5 bits: nobody guesses 80 bits."""

GROUP = 4
READ_AS = str.maketrans("018", "OIB", "- ")
"""What is often taken for a letter of base 32, and what is put between them."""

_C = Case.__table__.c
_FOLLOWED = select(
    _C.number,
    _C.class_code,
    _C.state,
    _C.state_type,
    _C.received_at,
    _C.moved_at,
    _C.ended_at,
    _C.follow_hash,
).where(_C.number == bindparam("number"))

_NOBODYS = bytes(hashlib.sha256().digest_size)


def citizen() -> Sender:
    """Return the sender of all who have no account."""
    return Sender(None, CITIZEN, frozenset({"report.create", f"report.source.{CITIZEN}"}))


def follow_code(secret: bytes, report_id: UUID) -> str:
    """Return the code of a report: letters and digits in groups of four."""
    digest = hmac.digest(secret, b"follow:" + report_id.bytes, "sha256")
    letters = base64.b32encode(digest).decode()[:CODE_LETTERS]
    return "-".join(letters[at : at + GROUP] for at in range(0, CODE_LETTERS, GROUP))


def code_hash(code: str) -> str:
    """Return under what a code is kept; small letters, blanks and dashes make no difference."""
    plain = code.upper().translate(READ_AS)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def followed(connection: Connection, number: str, code: str) -> dict[str, Any]:
    """Return what the holder of the code may know of a case: number, class, state, times.

    Raises:
        NotFound: no such number, or not its code; both take equal time.
    """
    row = connection.execute(_FOLLOWED, {"number": number}).mappings().one_or_none()
    kept = row["follow_hash"] if row is not None and row["follow_hash"] is not None else _NOBODYS
    fits = hmac.compare_digest(bytes(kept), bytes.fromhex(code_hash(code)))
    if row is None or not fits:
        raise NotFound("There is no report of this number and code; look at both again.")
    return {name: value for name, value in row.items() if name != "follow_hash"}
