"""Where does the embedded PostGIS run, and who starts and stops it?

A private cluster in the state folder: Unix socket only, data checksums, an unprivileged owner.
Whoever needs it enters `Cluster.running()`: the first in starts it, the last out stops it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from wanmi.platform.kernel.cluster_making import DATABASE, ROLE, NewCluster
from wanmi.platform.kernel.errors import SettingsInvalid, Unavailable
from wanmi.platform.kernel.postgres import Postgres
from wanmi.platform.kernel.service_user import ServiceUser, own_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

SOCKET_PATH_LIMIT = 100
"""A Unix socket's path holds 107 bytes; PostgreSQL adds `/.s.PGSQL.5432`."""

SOCKET_NAME = ".s.PGSQL.5432"
START_SECONDS = 120
REAP_SECONDS = 15
NO_RESPONSE = 2
"""What pg_isready answers when nothing listens."""

SHORT_FOLDER = Path("/tmp")  # noqa: S108 - the folder below it must be ours


class Cluster:
    """The embedded cluster of one state folder.

    Raises (from its methods):
        SettingsInvalid: PostgreSQL or PostGIS is not installed, or too old.
        Unavailable: the cluster does not start; the sentence names its log.
    """

    def __init__(self, home: Path, user: ServiceUser, postgres: Postgres | None = None) -> None:
        """Take the state folder and the user that owns the cluster."""
        self.home = home
        self.user = user
        self._postgres = postgres
        self.data = home / "postgres"
        self.socket_folder = _socket_folder(home)

    @property
    def postgres(self) -> Postgres:
        """The PostgreSQL programs, looked for when first needed."""
        if self._postgres is None:
            self._postgres = Postgres.find()
        return self._postgres

    @property
    def url(self) -> str:
        """The address of the database on the cluster's socket."""
        return self._url(DATABASE)

    def _url(self, database: str) -> str:
        return f"postgresql+psycopg2://{ROLE}@/{database}?host={self.socket_folder}"

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        """Keep the cluster running while the block is; yields the database's address."""
        users = self._open_lock("cluster.users")
        try:
            with self._starting():
                fcntl.flock(users, fcntl.LOCK_SH)
                if self.is_up():
                    self._wait()
                else:
                    self._start()
            yield self.url
        finally:
            with self._starting(), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop()
            os.close(users)

    def is_up(self) -> bool:
        """Say whether a server of this cluster answers, or is just starting.

        The process number in the data folder may be another program's by now: ask the socket.
        """
        return (
            self.data.is_dir()
            and self._run("pg_ctl", "status", "-D", self.data).returncode == 0
            and self._run("pg_isready", "-q", "-h", self.socket_folder).returncode != NO_RESPONSE
        )

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        lock = self._open_lock("cluster.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _open_lock(self, name: str) -> int:
        path = own_folder(self.home / "run", self.user) / name
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        if self.user.switch and os.geteuid() == 0:
            os.chown(path, self.user.uid, self.user.gid)
        return descriptor

    def _start(self) -> None:
        own_folder(self.home / "logs", self.user)
        if not self.data.is_dir():
            new = NewCluster(self.home, self.user, self.socket_folder, self._run, self._launch)
            new.make(self.data)
        self._clear_stale_pid()
        self._launch(self.data)

    def _clear_stale_pid(self) -> None:
        """Deal with the pid file that a kill or a power cut has left.

        A dead server not yet collected by init is waited for. A number that another program has by
        now would keep PostgreSQL from starting for ever, so that file is removed.
        """
        path = self.data / "postmaster.pid"
        give_up = time.monotonic() + REAP_SECONDS
        while path.exists():
            program = _program_of(path.read_text("ascii").split("\n", 1)[0])
            if program is not None and program != "postgres":
                path.unlink()
            if program != "postgres" or time.monotonic() > give_up:
                return
            time.sleep(0.1)

    def _launch(self, data: Path) -> None:
        self._claim_socket_folder()
        log = self.home / "logs" / "postgres-start.log"
        done = self._run(
            "pg_ctl",
            "start",
            "-w",
            "-t",
            START_SECONDS,
            "-D",
            data,
            "-l",
            log,
            "-o",
            f"-k '{self.socket_folder}'",
        )
        if done.returncode:
            raise Unavailable(
                f"The embedded PostgreSQL does not start; its log is {log}. {_last_line(log)}",
            )

    def _wait(self) -> None:
        """Wait for a server that somebody else has started, or that recovers after a kill."""
        give_up = time.monotonic() + START_SECONDS
        while self._run("pg_isready", "-q", "-h", self.socket_folder).returncode:
            if time.monotonic() > give_up:
                raise Unavailable("The embedded PostgreSQL does not answer on its socket.")
            time.sleep(0.1)

    def _stop(self) -> None:
        if self.is_up():
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", self.data)

    def _claim_socket_folder(self) -> None:
        folder = self.socket_folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user.switch and os.geteuid() == 0 and folder.stat().st_uid == 0:
            os.chown(folder, self.user.uid, self.user.gid)
        if folder.stat().st_uid != self.user.uid or folder.is_symlink():
            raise SettingsInvalid(
                f"{folder} belongs to another user; remove it, or choose a shorter WANMI_HOME.",
            )
        folder.chmod(0o700)

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload, no-any-return]  # noqa: S603
            [str(self.postgres.program(program)), *map(str, arguments)],
            check=False,
            text=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            # The cluster outlives a Ctrl-C at the terminal; Wanmi stops it in its own order.
            start_new_session=True,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            **self.user.child(),
        )


def _socket_folder(home: Path) -> Path:
    """The socket's folder: in the state folder, or a short hashed one when the path is long."""
    plain = home / "run" / "sql"
    if len(os.fsencode(plain / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return plain
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return SHORT_FOLDER / f"wanmi-{digest}"


def _program_of(pid: str) -> str | None:
    """The name of the running program with this process number, or None."""
    try:
        return Path("/proc", str(int(pid)), "comm").read_text("utf-8").strip()
    except (OSError, ValueError):
        return None


def _last_line(log: Path) -> str:
    try:
        return log.read_text("utf-8", errors="replace").strip().splitlines()[-1]
    except (OSError, IndexError):
        return ""
