"""How is a new cluster made: its files, its settings, who may connect, its database?"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    from wanmi.platform.kernel.service_user import ServiceUser

DATABASE = ROLE = "wanmi"
SUPERUSER = "postgres"

CONFIGURATION = """\
# Written by Wanmi when the cluster was made; change settings by ALTER SYSTEM.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
effective_cache_size = 2GB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = '../logs'
log_filename = 'postgres-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_min_duration_statement = 2000
idle_in_transaction_session_timeout = 60s
"""


@dataclass(frozen=True, slots=True)
class NewCluster:
    """A cluster to be made in the state folder.

    Attributes:
        home: the state folder.
        user: who will own it.
        socket_folder: where it listens.
        run: runs one of PostgreSQL's programs as that user and waits for its end.
        launch: starts a server on a folder of data, and returns when it answers.
    """

    home: Path
    user: ServiceUser
    socket_folder: Path
    run: Callable[..., CompletedProcess[str]]
    launch: Callable[[Path], None]

    def make(self, data: Path) -> None:
        """Make the cluster beside its place `data`, and move it there when it is whole.

        Raises:
            Unavailable: a program of PostgreSQL failed; with what it said.
        """
        # A kill leaves no half of a cluster in its place.
        growing = self.home / "postgres.new"
        if growing.exists():
            self.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", growing)
            shutil.rmtree(growing)
        done = self.run(
            "initdb",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--auth-local=peer",
            "--auth-host=reject",
            f"--username={SUPERUSER}",
            "--no-instructions",
            "-D",
            growing,
        )
        if done.returncode:
            raise Unavailable(f"initdb failed: {done.stderr.strip()}")
        self._configure(growing)
        self.launch(growing)
        try:
            self._fill()
        finally:
            self.run("pg_ctl", "stop", "-w", "-m", "fast", "-D", growing)
        growing.rename(data)

    def _configure(self, data: Path) -> None:
        people = {self.user.name, "root"}
        ident = "".join(
            f"wanmi {person} {role}\n" for person in sorted(people) for role in (ROLE, SUPERUSER)
        )
        (data / "pg_ident.conf").write_text(ident, "utf-8")
        (data / "pg_hba.conf").write_text("local all all peer map=wanmi\n", "utf-8")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(CONFIGURATION)

    def _fill(self) -> None:
        statements = {
            "postgres": [
                f"CREATE ROLE {ROLE} LOGIN CREATEDB",
                f"CREATE DATABASE {DATABASE} OWNER {ROLE}",
            ],
            DATABASE: ["CREATE EXTENSION postgis"],
            "template1": ["CREATE EXTENSION postgis"],
        }
        for database, commands in statements.items():
            for command in commands:
                done = self.run(
                    "psql",
                    "-XqAt",
                    "-v",
                    "ON_ERROR_STOP=1",
                    "-h",
                    self.socket_folder,
                    "-U",
                    SUPERUSER,
                    "-d",
                    database,
                    "-c",
                    command,
                )
                if done.returncode:
                    raise Unavailable(f"The new cluster cannot be prepared: {done.stderr.strip()}")
