"""A server for the HTTP benchmarks: the demonstration city in its own database, and gunicorn.

Needs the demonstration layers and PostgreSQL; run by root, everything drops to the service user.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import make_url

from wanmi.gis.loading import load_city
from wanmi.migrations import runner
from wanmi.platform.casework.office import open_office
from wanmi.platform.demonstration.setting_up import layers_folder
from wanmi.platform.kernel.cluster import Cluster
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.kernel.service_user import find_service_user, prepare_home
from wanmi.platform.kernel.settings import Settings
from wanmi.platform.organisation.accounts import account_by_login
from wanmi.platform.organisation.demo_accounts import create_demo_accounts
from wanmi.platform.organisation.tokens import issue_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

START_SECONDS = 60
SERVICE_USER = "postgres"


@dataclass(frozen=True, slots=True)
class City:
    """A migrated database with the demonstration layers and one inspector's token."""

    home: Path
    url: str
    token: str


@contextlib.contextmanager
def city() -> Iterator[City]:
    """Make the city, keep its cluster running while the block is."""
    user = find_service_user(SERVICE_USER)
    folder = Path(tempfile.mkdtemp(prefix="wanmi-bench-"))
    folder.chmod(0o755)
    home = folder / "home"
    prepare_home(home, user)
    with Cluster(home, user).running() as url:
        engine = make_engine(url)
        runner.upgrade(engine)
        settings = Settings.from_environ({"WANMI_HOME": str(home)})
        office = open_office(settings.city, engine, home)
        now = datetime.now(UTC)
        layers = layers_folder()
        if layers is None:
            sys.exit("the demonstration layers are not here")
        with engine.begin() as connection:
            load_city(connection, layers, now=now.astimezone(settings.city.time_zone))
            create_demo_accounts(connection, roles=office.roles, register=office.register, now=now)
            token = account_token(connection, "inspector")
        engine.dispose()
        yield City(home, url, token)


def account_token(connection: Connection, login: str) -> str:
    """Return a token for a day of one of the demonstration accounts."""
    account = account_by_login(connection, login)
    return issue_token(
        connection,
        account,
        label="benchmark",
        lifetime=timedelta(days=1),
        now=datetime.now(UTC),
    )


@contextlib.contextmanager
def gunicorn(target: str, city: City, *, workers: int = 2, threads: int = 16) -> Iterator[int]:
    """Serve `module:function()` with our workers and threads; yields the port."""
    options = ["--worker-class", "gthread", "--keep-alive", "60", "--log-level", "warning"]
    options += ["--workers", str(workers), "--threads", str(threads), "--no-control-socket"]
    options += ["--graceful-timeout", "3"]
    root = Path(__file__).resolve().parents[1]
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", *options]
    environment = {
        "PYTHONPATH": f"{root / '.links'}:{root}:{os.environ.get('PYTHONPATH', '')}",
        "WANMI_HOME": str(city.home),
        "BENCH_DATABASE": city.url,
    }
    child = find_service_user(SERVICE_USER).child()
    with _running(command, environment, cwd=root, **child):
        _wait(f"http://127.0.0.1:{port}/hello")
        yield port


@contextlib.contextmanager
def tipg(python: str, city: City, table: str) -> Iterator[int]:
    """Serve one table by tipg out of the environment of `python`; yields the port."""
    port = _free_port()
    url = make_url(city.url)
    folder = str(url.query["host"])
    command = [python, "-m", "uvicorn", "tipg.main:app", "--port", str(port)]
    command += ["--log-level", "warning"]
    environment = {
        # tipg's own setting wants the folder of the socket where others have the host.
        "DATABASE_URL": f"postgresql://{url.username}@{quote(folder, safe='')}/{url.database}",
        "TIPG_DB_TABLES": json.dumps([f"public.{table}"]),
        "TIPG_CATALOG_TTL": "86400",
        "TIPG_TILE_BUFFER": "64",
        "TIPG_MAX_FEATURES_PER_TILE": "20000",
    }
    # As whoever asks: its environment may lie where the service user has no way in.
    with _running(command, environment, cwd=city.home.parent):
        _wait(f"http://127.0.0.1:{port}/healthz")
        yield port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _running(command: list[str], environment: dict[str, str], **how: object) -> Iterator[None]:
    """Run a server while the block is; `how` goes to `Popen`."""
    process = subprocess.Popen(  # type: ignore[call-overload]
        command,
        # The service user may have no home.
        env={**os.environ, "HOME": "/tmp", **environment},  # noqa: S108
        **how,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(address: str) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 - our own server
            return
        time.sleep(0.2)
    sys.exit("the server did not answer")


def report_body(number: int, lon: float, lat: float) -> bytes:
    """Return one report as JSON; `number` makes its id."""
    return json.dumps(
        {
            "id": f"00000000-0000-4000-8000-{number:012x}",
            "class_code": "06010",
            "description": "垃圾暴露未清运（示意）",
            "location": {"lon": lon, "lat": lat, "datum": "wgs84", "accuracy_m": 8.0},
            "observed_at": "2026-01-05T09:30:00+08:00",
            "source": "inspector",
        },
        ensure_ascii=False,
    ).encode()
