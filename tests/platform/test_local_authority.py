"""The authority of a local network: kept, renewed in time, believed for this machine only."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from wanmi.platform.kernel import certificates
from wanmi.platform.kernel.lan import host_names, lan_addresses
from wanmi.platform.kernel.local_authority import (
    Files,
    authority_der,
    authority_files,
    fingerprint,
    keep_fresh,
)

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("station", "station.local", "localhost")
HOME, OFFICE = IPv4Address("192.168.1.20"), IPv4Address("10.3.0.7")
PUBLIC = IPv4Address("198.51.100.9")
LOOPBACK = IPv4Address("127.0.0.1")
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tls"


def fresh(folder: Path, *addresses: IPv4Address, now: datetime = NOW) -> Files:
    return keep_fresh(folder, NAMES, (*(addresses or (HOME,)), LOOPBACK), now)


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def connected(server: Files, authority: bytes, name: str) -> str | None:
    """Open a TLS connection as a phone would that trusts `authority`; return what it refuses."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.certificate, server.key)
    phone = ssl.create_default_context(cadata=authority)
    ours, theirs = socket.socketpair()

    def answer() -> None:
        try:
            with context.wrap_socket(ours, server_side=True) as wrapped:
                wrapped.sendall(b"here")
        except (ssl.SSLError, OSError):
            """The phone has hung up."""

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with phone.wrap_socket(theirs, server_hostname=name) as wrapped:
            assert wrapped.recv(4) == b"here"
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    finally:
        theirs.close()
        thread.join(10)
        ours.close()
    return None


def test_a_phone_that_trusts_the_authority_connects(folder: Path) -> None:
    server = fresh(folder)
    authority = authority_der(folder)
    assert authority is not None
    for name in ("192.168.1.20", "127.0.0.1", "station.local", "localhost"):
        assert connected(server, authority, name) is None
    assert "mismatch" in str(connected(server, authority, "192.168.1.21"))
    other = folder.with_name("other")
    fresh(other)
    strange = authority_der(other)
    assert strange is not None
    assert connected(server, strange, "192.168.1.20") is not None


def test_a_stolen_key_passes_for_no_site_of_the_internet(folder: Path) -> None:
    server = fresh(folder)
    authority = authority_files(folder)
    key, own = (
        serialization.load_pem_private_key(path.read_bytes(), password=None)
        for path in (authority.key, server.key)
    )
    forged = certificates.server_certificate(
        own,  # type: ignore[arg-type]
        certificate(authority.certificate),
        key,  # type: ignore[arg-type]
        ("bank.example",),
        (IPv4Address("203.0.113.80"),),
        NOW,
    )
    server.certificate.write_bytes(forged.public_bytes(serialization.Encoding.PEM))
    trusted = authority_der(folder)
    assert trusted is not None
    for name in ("bank.example", "203.0.113.80"):
        assert "permitted subtree violation" in str(connected(server, trusted, name))


def test_keys_are_for_their_owner_alone(folder: Path) -> None:
    fresh(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    files = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert files == dict.fromkeys(("ca.crt", "ca.key", "server.crt", "server.key"), 0o600)


def test_what_is_good_stays(folder: Path) -> None:
    fresh(folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    fresh(folder, now=NOW + 300 * DAY)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_the_server_is_signed_anew_before_its_end(folder: Path) -> None:
    server = fresh(folder)
    authority, key = authority_der(folder), server.key.read_bytes()
    first = certificate(server.certificate)
    fresh(folder, now=first.not_valid_after_utc - 29 * DAY)
    second = certificate(server.certificate)
    assert second.not_valid_after_utc > first.not_valid_after_utc + 300 * DAY
    assert authority_der(folder) == authority, "no phone has to be paired again"
    assert server.key.read_bytes() == key


def test_the_authority_is_made_anew_before_its_end(folder: Path) -> None:
    server = fresh(folder)
    first = certificate(authority_files(folder).certificate)
    later = first.not_valid_after_utc - 80 * DAY
    fresh(folder, now=later)
    second = certificate(authority_files(folder).certificate)
    assert second.not_valid_after_utc > later + 3000 * DAY
    assert second.subject != first.subject
    assert certificate(server.certificate).issuer == second.subject
    assert certificate(server.certificate).not_valid_after_utc > later + 300 * DAY


def test_another_private_address_needs_no_new_pairing(folder: Path) -> None:
    fresh(folder)
    authority = authority_der(folder)
    server = fresh(folder, HOME, OFFICE)
    assert authority_der(folder) == authority
    assert authority is not None
    assert connected(server, authority, str(OFFICE)) is None


def test_an_address_that_the_authority_may_not_sign_makes_a_new_one(folder: Path) -> None:
    fresh(folder)
    first = authority_der(folder)
    server = fresh(folder, HOME, PUBLIC)
    second = authority_der(folder)
    assert second is not None
    assert second != first
    assert connected(server, second, str(PUBLIC)) is None


def test_a_fingerprint_can_be_compared_by_eye(folder: Path) -> None:
    fresh(folder)
    der = authority_der(folder)
    assert der is not None
    said = fingerprint(der)
    assert len(said.split()) == 16
    assert (
        said.replace(" ", "")
        == certificate(authority_files(folder).certificate)
        .fingerprint(hashes.SHA256())
        .hex()
        .upper()
    )


def test_this_machine_knows_its_addresses_and_names() -> None:
    assert LOOPBACK not in lan_addresses()
    assert len(set(lan_addresses())) == len(lan_addresses())
    assert socket.gethostname().lower() in host_names()
    assert "localhost" in host_names()
