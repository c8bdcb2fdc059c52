"""The embedded PostGIS: private, shared by whoever needs it, and sound after a kill."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from support.clusters import temporary_home
from wanmi.platform.kernel.cluster import Cluster
from wanmi.platform.kernel.errors import SettingsInvalid
from wanmi.platform.kernel.service_user import find_service_user, prepare_home

if TYPE_CHECKING:
    from pathlib import Path

USER = find_service_user("postgres")


def ask(url: str, question: str) -> object:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        answer = connection.execute(text(question))
        found = answer.scalar() if answer.returns_rows else None
    engine.dispose()
    return found


def test_a_cluster_is_private_checked_and_stops_with_its_last_user(home: Path) -> None:
    first, second = Cluster(home, USER), Cluster(home, USER)
    with first.running() as url:
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW data_checksums") == "on"
        assert ask(url, "SHOW fsync") == "on"
        assert str(ask(url, "SELECT postgis_lib_version()")).startswith("3.")
        assert ask(url, "SELECT usesuper FROM pg_user WHERE usename = current_user") is False
        owner = (home / "postgres").stat().st_uid
        assert owner == USER.uid != 0
        with second.running() as again:
            assert again == url
        assert first.is_up(), "the second user must not stop what the first still uses"
    assert not first.is_up()


def test_what_was_committed_survives_a_kill_of_everything(home: Path) -> None:
    cluster = Cluster(home, USER)
    with cluster.running() as url:
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        postmaster = int((home / "postgres/postmaster.pid").read_text().split()[0])
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(postmaster)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for process in [postmaster, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while cluster.is_up() and time.monotonic() < deadline:
            time.sleep(0.05)
    assert (home / "postgres/postmaster.pid").exists(), "the kill must leave the stale file behind"
    with cluster.running() as url:
        assert ask(url, "SELECT answer FROM kept") == 42


def test_a_pid_file_whose_number_another_program_has_is_no_obstacle(home: Path) -> None:
    cluster = Cluster(home, USER)
    with cluster.running() as url:
        ask(url, "SELECT 1")
        lines = (home / "postgres/postmaster.pid").read_text()
    # After a power cut the number may belong to anything; here to this test.
    stale = home / "postgres" / "postmaster.pid"
    stale.write_text(lines.replace(lines.split("\n", 1)[0], str(os.getpid()), 1))
    os.chown(stale, USER.uid, USER.gid)
    with cluster.running() as url:
        assert ask(url, "SELECT 1") == 1


def test_a_half_made_cluster_is_made_anew(home: Path) -> None:
    cluster = Cluster(home, USER)
    half = home / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("15\n")
    os.chown(half, USER.uid, USER.gid)
    with cluster.running() as url:
        assert ask(url, "SELECT 1") == 1
    assert not half.exists()


def test_a_long_path_puts_the_socket_under_a_short_one(tmp_path: Path) -> None:
    long = tmp_path / ("a" * 120)
    assert len(str(Cluster(long, USER).socket_folder)) < 60
    assert Cluster(long, USER).socket_folder != Cluster(tmp_path / ("b" * 120), USER).socket_folder


def test_a_cluster_with_a_long_path_works() -> None:
    with temporary_home() as home:
        long = home / ("a" * 100)
        prepare_home(long, USER)
        with Cluster(long, USER).running() as url:
            assert ask(url, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands folders to another user")
class TestStartedByRoot:
    def test_an_empty_home_is_given_to_the_service_user(self, home: Path) -> None:
        assert home.stat().st_uid == USER.uid

    def test_a_home_below_a_closed_folder_is_refused_before_anything_is_made(
        self, tmp_path: Path
    ) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        with pytest.raises(SettingsInvalid, match="cannot enter"):
            prepare_home(closed / "deep" / "home", USER)
        assert not list(closed.iterdir())

    def test_a_home_full_of_somebody_elses_files_is_refused(self, home: Path) -> None:
        other = home.parent / "other"
        other.mkdir()
        (other / "file").write_text("mine")
        with pytest.raises(SettingsInvalid, match="belongs to another user"):
            prepare_home(other, USER)
        assert other.stat().st_uid == 0


def test_a_user_that_does_not_exist_is_named() -> None:
    if os.geteuid() == 0:
        with pytest.raises(SettingsInvalid, match="no-such-user"):
            find_service_user("no-such-user")
    else:
        assert find_service_user("no-such-user").uid == os.geteuid()


def test_a_file_is_no_home(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(SettingsInvalid):
        prepare_home(file, USER)
