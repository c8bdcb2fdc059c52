"""`wanmi up` as a user meets it: started, asked, started twice, stopped, killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from support.up import Up, free_port
from wanmi.platform.kernel.cluster import Cluster
from wanmi.platform.kernel.service_user import find_service_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def up(home: Path) -> Iterator[Up]:
    up = Up(home)
    yield up
    if up.process and up.process.poll() is None:
        up.stop(signal.SIGKILL)
    cluster = Cluster(home, find_service_user("postgres"))
    with cluster.running():
        """Coming in and out as the last user stops what a kill has left running."""


def test_up_serves_refuses_a_second_and_stops_cleanly(up: Up) -> None:
    up.start()
    cluster = Cluster(up.home, find_service_user("postgres"))

    second = up.run("up", "--no-demo", "--port", str(free_port()))
    assert second.returncode == 1
    assert "up already" in second.stderr

    status = up.run("db", "status", "--json")
    assert json.loads(status.stdout)["current"] is True
    assert up.health()["status"] == "ok", "another command must not stop the database"

    assert up.stop(signal.SIGTERM) in {0, 128 + signal.SIGTERM}
    assert not cluster.is_up()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")
def test_started_by_root_nothing_runs_as_root(up: Up) -> None:
    up.start()
    assert up.process is not None
    owners = subprocess.run(
        ["ps", "-o", "user=", "--pid", str(up.process.pid), "--ppid", str(up.process.pid)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert owners
    assert "root" not in owners
    up.stop(signal.SIGINT)
    assert not Cluster(up.home, find_service_user("postgres")).is_up()


def test_up_comes_back_after_a_kill_within_five_seconds(up: Up) -> None:
    up.start()
    up.stop(signal.SIGKILL)
    deadline = time.monotonic() + 15
    while up.health() and time.monotonic() < deadline:
        time.sleep(0.1)
    up.start()
    assert up.health()["status"] == "ok"
    up.stop(signal.SIGTERM)


def test_a_taken_port_is_said(up: Up) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = up.run("up", "--no-demo", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "--port" in done.stderr


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['wanmi', '--help']\n"
        "from wanmi.web.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = ('geopandas', 'folium', 'numba', 'flask', 'sqlalchemy', 'shapely')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_unsafe_serving_is_refused(up: Up) -> None:
    up.environment["WANMI_HOST"] = "0.0.0.0"  # noqa: S104 - what must be refused
    done = up.run("serve")
    assert done.returncode == 1
    assert "HTTPS" in done.stderr
