"""`wanmi up` and `wanmi serve`: bring everything up and serve until told to stop."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import os
import signal
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

import click

from wanmi.migrations import runner
from wanmi.platform.kernel.database import check_usable, database, make_engine
from wanmi.platform.kernel.errors import SettingsInvalid
from wanmi.platform.kernel.service_user import find_service_user, own_folder, prepare_home
from wanmi.web.cli.demonstration import first_start
from wanmi.web.cli.lan import LOOPBACK, on_lan, pairing_page, say_how_to_pair
from wanmi.web.cli.ports import need_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wanmi.platform.kernel.settings import Settings


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Serve on this port.")
@click.option("--no-demo", is_flag=True, help="Leave an empty database empty.")
@click.option("--lan", is_flag=True, help="Serve HTTPS on the local network, for phones.")
@click.pass_obj
def up(settings: Settings, port: int | None, *, no_demo: bool, lan: bool) -> None:
    """Database up, migrated, demonstration city loaded if it is empty, server started."""
    if port:
        settings = dataclasses.replace(settings, port=port)
    _serve(settings, demo=not no_demo, lan=lan)


@click.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Start the production server; unsafe settings are refused."""
    if settings.host not in LOOPBACK and not settings.tls_cert and not settings.trusted_proxies:
        raise SettingsInvalid(
            f"Serving on {settings.host} without HTTPS would send passwords in the clear: set "
            "WANMI_TLS_CERT and WANMI_TLS_KEY, or WANMI_TRUSTED_PROXIES behind a proxy with HTTPS.",
        )
    _serve(settings, demo=None)


def _serve(settings: Settings, *, demo: bool | None, lan: bool = False) -> None:
    """Serve until a signal comes. `demo` None: fill nothing, print nothing (production)."""
    signal.signal(signal.SIGTERM, _leave)
    user = find_service_user(settings.service_user)
    prepare_home(settings.home, user)
    user.become()
    user = dataclasses.replace(user, switch=False)
    settings = dataclasses.replace(settings, service_user=user.name)
    _certificate_can_be_read(settings)
    if lan:
        settings = on_lan(settings, datetime.now(UTC))
    with _only_one(settings), _port_is_free(settings), pairing_page(settings):
        click.echo("starting the database …")
        with database(settings) as url:
            engine = make_engine(url)
            check_usable(engine)
            runner.upgrade(engine)
            if demo is not None:
                first_start(settings, engine, demo=demo)
            engine.dispose()
            click.echo(f"Wanmi serves on {settings.address} (stop with Ctrl-C)")
            say_how_to_pair(settings)
            run(settings, url)


def _certificate_can_be_read(settings: Settings) -> None:
    """Say so at once; gunicorn would only say that a file is missing, again and again.

    Raises:
        SettingsInvalid: certificate or key cannot be read, or do not belong together.
    """
    if settings.tls_cert is None or settings.tls_key is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key)
    except OSError as error:  # ssl.SSLError among them
        raise SettingsInvalid(
            f"WANMI_TLS_CERT ({settings.tls_cert}) and WANMI_TLS_KEY ({settings.tls_key}) "
            f"cannot be used by {settings.service_user}: {error.strerror or error}. Both are PEM "
            "files that belong together; give that user the right to read them.",
        ) from error


def _leave(number: int, frame: object) -> NoReturn:  # noqa: ARG001 - a signal handler's signature
    raise SystemExit(128 + number)


@contextlib.contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Hold the state folder's `up` lock; the kernel lets go of it even after kill -9."""
    path = own_folder(settings.home / "run", find_service_user(settings.service_user)) / "up.lock"
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        said = os.read(lock, 100).decode()
        os.close(lock)
        raise SettingsInvalid(
            f"Wanmi is up already on this state folder ({settings.home}): {said}",
        ) from None
    os.ftruncate(lock, 0)
    os.write(lock, f"process {os.getpid()}, {settings.address}".encode())
    try:
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def _port_is_free(settings: Settings) -> Iterator[None]:
    need_port(settings.host, settings.port, "--port or WANMI_PORT")
    yield


def run(settings: Settings, url: str) -> None:
    """Serve until a signal comes; the database is stopped by the caller afterwards."""
    from wanmi.web.cli.server import Server

    Server(settings, url).run()
