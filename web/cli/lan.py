"""`wanmi up --lan`: how is Wanmi served to phones on the local network?

HTTPS on all addresses with a certificate of our own authority; beside it, over plain HTTP, one page
that says how a phone comes to trust it.
"""

from __future__ import annotations

import ctypes
import dataclasses
import multiprocessing
import signal
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import click
import segno

from wanmi.platform.kernel.errors import SettingsInvalid, Unavailable
from wanmi.platform.kernel.lan import host_names, lan_addresses
from wanmi.platform.kernel.local_authority import fingerprint, keep_fresh
from wanmi.web.cli.ports import need_port
from wanmi.web.wiring.pairing import Pairing, tls_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.synchronize import Event

    from wanmi.platform.kernel.local_authority import Files
    from wanmi.platform.kernel.settings import Settings

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - that is what --lan asks for
LOOK_SECONDS = 6 * 3600
"""How often a running server looks whether its certificate has to be renewed."""

PAGE_SECONDS = 30
"""How long the pairing page may take to start, on a machine that is busy."""

PARENT_DEATH_SIGNAL = 1
"""prctl(2): a child that is told when its parent is gone, even after kill -9."""


def on_lan(settings: Settings, now: datetime) -> Settings:
    """Return the settings for the local network, with a certificate that is good now.

    A certificate, host or public address that was set stays.

    Raises:
        SettingsInvalid: this machine has no address on a network.
    """
    addresses = lan_addresses()
    if not addresses:
        raise SettingsInvalid(
            "This machine has no address on a local network: connect it to one, or leave --lan out."
        )
    if settings.host in LOOPBACK:
        settings = dataclasses.replace(settings, host=EVERYWHERE)
    if settings.public_url is None:
        address = f"https://{addresses[0]}:{settings.port}"
        settings = dataclasses.replace(settings, public_url=address)
    if settings.tls_cert is None:
        files = _fresh(settings, now)
        settings = dataclasses.replace(settings, tls_cert=files.certificate, tls_key=files.key)
    return settings


def renew_by_itself(settings: Settings) -> None:
    """Keep a running server's own certificate good, and true when addresses change.

    Every new connection reads the files, so nothing has to be restarted.
    """
    if Pairing.of(settings).authority is None:
        return

    def watch() -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_SECONDS):
            _fresh(settings, datetime.now(UTC))

    threading.Thread(target=watch, name="certificates", daemon=True).start()


def say_how_to_pair(settings: Settings) -> None:
    """Print the pairing page's address, its QR code and the authority's fingerprint."""
    found = Pairing.of(settings)
    if found.authority is None:
        return
    click.echo(f"to pair a phone, open {found.page} on it, or scan:")
    try:
        segno.make(found.page, error="l").terminal(out=sys.stdout, compact=True, border=2)
    except UnicodeEncodeError:
        """This terminal draws no blocks; the address is enough."""
    click.echo(f"fingerprint of the certificate (SHA-256): {fingerprint(found.authority)}")


@contextmanager
def pairing_page(settings: Settings) -> Iterator[None]:
    """Show the pairing page in a process of its own while the block runs.

    The block begins when the page is there: nobody is sent to a page that is none.

    Raises:
        SettingsInvalid: its port cannot be had.
        Unavailable: it did not start.
    """
    if Pairing.of(settings).authority is None:
        yield
        return
    if settings.pair_port == settings.port:
        raise SettingsInvalid("WANMI_PAIR_PORT and WANMI_PORT must differ: one is for plain HTTP.")
    need_port(settings.host, settings.pair_port, "WANMI_PAIR_PORT")
    forking = multiprocessing.get_context("fork")
    ready = forking.Event()
    process = forking.Process(target=_show_pairing_page, args=(settings, ready), daemon=True)
    process.start()
    try:
        if not ready.wait(PAGE_SECONDS):
            raise Unavailable("The pairing page did not start; the lines above say why.")
        yield
    finally:
        process.terminate()
        process.join(10)


def _show_pairing_page(settings: Settings, ready: Event) -> None:
    from wanmi.web.cli.server import PairingServer

    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
    PairingServer(settings, ready).run()


def _fresh(settings: Settings, now: datetime) -> Files:
    addresses = (*lan_addresses(), IPv4Address("127.0.0.1"))
    return keep_fresh(tls_folder(settings), host_names(), addresses, now)
