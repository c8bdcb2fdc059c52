"""`wanmi up --lan` as a phone meets it, and HTTPS with a certificate that was set."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import ssl
import time
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

import pytest

from support.clusters import temporary_home
from support.up import Up, free_port
from wanmi.platform.kernel.cluster import Cluster
from wanmi.platform.kernel.lan import host_names, lan_addresses
from wanmi.platform.kernel.local_authority import keep_fresh
from wanmi.platform.kernel.service_user import find_service_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(not lan_addresses(), reason="this machine is on no network")


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """One state folder for all tests here: making a cluster takes long."""
    with temporary_home() as folder:
        yield folder


@pytest.fixture
def up(state: Path) -> Iterator[Up]:
    up = Up(state)
    up.authority = state / "secrets" / "tls" / "ca.crt"
    up.environment["WANMI_PAIR_PORT"] = str(free_port())
    yield up
    if up.process and up.process.poll() is None:
        up.stop(signal.SIGKILL)
    with Cluster(state, find_service_user("postgres")).running():
        """Coming in and out as the last user stops what a kill has left running."""


def plain(up: Up, path: str) -> tuple[int, bytes]:
    """Ask the plain http port as a phone that is not paired."""
    port = int(up.environment["WANMI_PAIR_PORT"])
    connection = http.client.HTTPConnection(str(lan_addresses()[0]), port, timeout=20)
    with closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def served(up: Up, context: ssl.SSLContext) -> dict[str, Any]:
    """Connect over the local network; return the certificate that was shown and believed."""
    address = str(lan_addresses()[0])
    with (
        socket.create_connection((address, up.port), timeout=20) as bare,
        context.wrap_socket(bare, server_hostname=address) as wrapped,
    ):
        return dict(wrapped.getpeercert() or {})


def test_a_phone_on_the_network_is_paired_and_connects(up: Up) -> None:
    up.start("up", "--no-demo", "--lan")
    with pytest.raises(ssl.SSLCertVerificationError):
        served(up, ssl.create_default_context())
    status, page = plain(up, "/pair")
    assert status == 200
    assert f"https://{lan_addresses()[0]}:{up.port}" in page.decode()
    status, der = plain(up, "/ca.crt")
    assert status == 200
    phone = ssl.create_default_context(cadata=der)
    assert served(up, phone)["issuer"][0] == (("organizationName", "Wanmi"),)
    assert plain(up, "/patrol")[0] == 302, "nothing but the pairing over plain http"
    address = f"https://{lan_addresses()[0]}:{up.port}/"
    with urllib.request.urlopen(address, timeout=30, context=phone) as start:
        assert start.status == 200
        assert start.headers["Cross-Origin-Opener-Policy"] == "same-origin"

    # What is signed anew while the server runs is shown to new connections (this one begins later).
    folder = up.home / "secrets" / "tls"
    owner = folder.stat()
    addresses = (*lan_addresses(), IPv4Address("127.0.0.1"))
    keep_fresh(folder, host_names(), addresses, datetime.now(UTC) + timedelta(days=380))
    for path in folder.iterdir():
        os.chown(path, owner.st_uid, owner.st_gid)
    assert (folder / "ca.crt").stat().st_mode & 0o777 == 0o600
    with pytest.raises(ssl.SSLCertVerificationError, match="not yet valid"):
        served(up, phone)

    up.stop(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while _listens(up) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not _listens(up), "the pairing page ends with the server, whatever ends it"


def test_https_with_a_certificate_that_was_set(up: Up) -> None:
    folder = up.home / "secrets" / "mine"
    up.authority = folder / "ca.crt"
    with find_service_user("postgres").acting():
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        files = keep_fresh(
            folder, ("localhost",), (*lan_addresses(), IPv4Address("127.0.0.1")), datetime.now(UTC)
        )
    mine = up.home.parent / "mine.crt"
    shutil.copy(files.certificate, mine)
    mine.chmod(0o644)
    up.environment.update(
        WANMI_HOST="0.0.0.0",  # noqa: S104 - production on a network needs HTTPS
        WANMI_TLS_CERT=str(mine),
        WANMI_TLS_KEY=str(up.home.parent / "missing.key"),
    )
    refused = up.run("serve")
    assert refused.returncode == 1
    assert "WANMI_TLS_KEY" in refused.stderr
    up.environment["WANMI_TLS_KEY"] = str(files.key)
    up.start("serve")
    trust = up.trust()
    assert trust is not None
    assert served(up, trust)["subject"] == ((("commonName", "localhost"),),)
    assert not _listens(up), "a certificate of others needs no pairing"
    assert up.stop(signal.SIGTERM) in {0, 128 + signal.SIGTERM}


def _listens(up: Up) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        port = int(up.environment["WANMI_PAIR_PORT"])
        return probe.connect_ex((str(lan_addresses()[0]), port)) == 0
