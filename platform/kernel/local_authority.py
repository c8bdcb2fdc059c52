"""Who signs for HTTPS on a local network? An authority of our own, kept in the state folder.

It is installed on phones once, so it lasts ten years. What it signs for the server lasts 397 days
and is signed anew long before that; its key stays. Keys are in one folder that only its owner may
enter.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from wanmi.platform.kernel import certificates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from ipaddress import IPv4Address
    from pathlib import Path

AUTHORITY_RENEWED = timedelta(days=90)
"""Before its end; then phones have to be paired anew."""

SERVER_RENEWED = timedelta(days=30)
"""Before its end."""

OURS_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Files:
    """A certificate and its private key (PEM)."""

    certificate: Path
    key: Path


def authority_files(folder: Path) -> Files:
    """Return where the authority is kept."""
    return Files(folder / "ca.crt", folder / "ca.key")


def server_files(folder: Path) -> Files:
    """Return where the server's certificate is kept."""
    return Files(folder / "server.crt", folder / "server.key")


def keep_fresh(
    folder: Path,
    names: Sequence[str],
    addresses: Sequence[IPv4Address],
    now: datetime,
) -> Files:
    """Return the server's files for these names and addresses, made or renewed where needed.

    Safe to call again at any time and from several processes: keys are made once, and a certificate
    is replaced in one step.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    authority = authority_files(folder)
    issuer = _authority(authority, names, addresses, now)
    server = server_files(folder)
    key = _key(server.key)
    if not _is_good(server, issuer, names, addresses, now):
        certificate = certificates.server_certificate(
            key, issuer, _key(authority.key), names, addresses, now
        )
        _put(server.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    return server


def authority_der(folder: Path) -> bytes | None:
    """Return the authority's certificate as phones install it (DER), or None without one."""
    path = authority_files(folder).certificate
    if not path.exists():
        return None
    return _read(path).public_bytes(serialization.Encoding.DER)


def fingerprint(der: bytes) -> str:
    """Return the SHA-256 of a certificate in groups of four, to be compared by eye."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(der)
    said = digest.finalize().hex().upper()
    return " ".join(said[at : at + 4] for at in range(0, len(said), 4))


def _authority(
    files: Files, names: Sequence[str], addresses: Sequence[IPv4Address], now: datetime
) -> x509.Certificate:
    key = _key(files.key)
    if files.certificate.exists():
        known = _read(files.certificate)
        lasts = known.not_valid_after_utc - now > AUTHORITY_RENEWED
        if (
            lasts
            and known.public_key() == key.public_key()
            and certificates.covers(known, names, addresses)
        ):
            return known
    made = certificates.authority_certificate(key, names, addresses, now)
    _put(files.certificate, made.public_bytes(serialization.Encoding.PEM))
    return made


def _is_good(
    files: Files,
    issuer: x509.Certificate,
    names: Sequence[str],
    addresses: Sequence[IPv4Address],
    now: datetime,
) -> bool:
    if not files.certificate.exists():
        return False
    known = _read(files.certificate)
    said = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        known.issuer == issuer.subject
        and known.public_key() == _key(files.key).public_key()
        and known.not_valid_after_utc - now > SERVER_RENEWED
        and set(names) <= set(said.get_values_for_type(x509.DNSName))
        and set(addresses) <= set(said.get_values_for_type(x509.IPAddress))
    )


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Return the key kept there, made by whichever process comes first."""
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        _put(path, pem, only_if_new=True)
    found = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} holds another kind of key than ours")
    return found


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _put(path: Path, content: bytes, *, only_if_new: bool = False) -> None:
    """Write a file in one step; only its owner may read it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS_ONLY), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        if only_if_new:
            path.hardlink_to(draft)
        else:
            draft.replace(path)
    except FileExistsError:
        """Another process was first; its key holds."""
    finally:
        draft.unlink(missing_ok=True)
