"""Which PostgreSQL programs are on this machine, and do they come with PostGIS?"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from wanmi.platform.kernel.errors import SettingsInvalid

OLDEST_EMBEDDED = 15
DEBIAN_FOLDER = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Postgres:
    """One installed PostgreSQL: the folder of its programs and its major version."""

    folder: Path
    version: int

    def program(self, name: str) -> Path:
        """Return the path of one of its programs."""
        return self.folder / name

    @classmethod
    def find(cls) -> Postgres:
        """Return the newest PostgreSQL 15 or later that has PostGIS 3 beside it.

        Raises:
            SettingsInvalid: there is none; the sentence says what to install.
        """
        found = sorted(_installed(), key=lambda postgres: postgres.version, reverse=True)
        with_postgis = [postgres for postgres in found if _has_postgis(postgres)]
        if with_postgis:
            return with_postgis[0]
        if found:
            newest = found[0].version
            raise SettingsInvalid(
                f"PostgreSQL {newest} is installed but PostGIS is not: "
                f"apt-get install postgresql-{newest}-postgis-3, or set WANMI_DATABASE_URL.",
            )
        raise SettingsInvalid(
            "PostgreSQL 15 or later with PostGIS 3 is not installed: apt-get install "
            "postgresql-postgis, or set WANMI_DATABASE_URL to a database elsewhere.",
        )


def _installed() -> list[Postgres]:
    folders = [*DEBIAN_FOLDER.glob("*/bin")]
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    found = []
    for folder in folders:
        if not (folder / "initdb").exists():
            continue
        said = subprocess.run(  # noqa: S603 - a program found on this machine
            [folder / "initdb", "--version"], check=False, capture_output=True, text=True
        ).stdout
        match = re.search(r"\) (\d+)", said)
        if match and int(match[1]) >= OLDEST_EMBEDDED:
            found.append(Postgres(folder, int(match[1])))
    return found


def _has_postgis(postgres: Postgres) -> bool:
    places = [Path("/usr/share/postgresql") / str(postgres.version)]
    config = postgres.program("pg_config")
    if config.exists():
        shared = subprocess.run(  # noqa: S603 - the same installation's own program
            [config, "--sharedir"], check=False, capture_output=True, text=True
        ).stdout.strip()
        places.append(Path(shared))
    return any((place / "extension" / "postgis.control").exists() for place in places)
