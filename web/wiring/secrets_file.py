"""Which secrets does this installation sign with? Made once each, kept in the state folder."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BYTES = 32


def secrets_folder(home: Path) -> Path:
    """Return the folder of secrets in the state folder; only its owner may enter it."""
    folder = home / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def session_secret(home: Path) -> bytes:
    """Return what signs the browsers' cookies; without it everybody has to sign in again."""
    return _kept(home, "session")


def follow_secret(home: Path) -> bytes:
    """Return what citizens' codes and the claims of their photos are made from."""
    return _kept(home, "follow")


def _kept(home: Path, name: str) -> bytes:
    """Return a secret, made by whichever process comes first; only its owner may read it."""
    folder = secrets_folder(home)
    path = folder / f"{name}.key"
    draft = folder / f"{name}.{os.getpid()}.{secrets.token_hex(4)}"
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link, not a rename: of two processes that start together one must win for both.
            path.hardlink_to(draft)
        except FileExistsError:
            """Another process was first; its secret holds."""
        finally:
            draft.unlink()
    return path.read_bytes()
