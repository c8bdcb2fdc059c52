"""Make an empty installation the demonstration city (示意数据): layers, accounts, cases."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from wanmi.gis.loading import load_city
from wanmi.platform.casework.installation import note, noted
from wanmi.platform.demonstration.half_year import CASES, make_half_year
from wanmi.platform.organisation.accounts import account_by_login
from wanmi.platform.organisation.demo_accounts import create_demo_accounts
from wanmi.platform.organisation.permits import viewer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from wanmi.platform.casework.office import Office
    from wanmi.platform.organisation.permits import Viewer

DEMONSTRATION = "demonstration"
MOVES_PER_CASE = 4.85
"""About how many reports and moves a case makes, for the progress bar."""


def layers_folder() -> Path | None:
    """Return the folder of the demonstration layers, or None: a wheel does not bring them."""
    folder = Path(str(files("wanmi.gis"))).resolve().parent / "data" / "shapefiles"
    return folder if folder.is_dir() else None


def is_empty(connection: Connection) -> bool:
    """Say whether nobody has put anything into this database yet."""
    question = "SELECT NOT EXISTS (SELECT FROM accounts) AND NOT EXISTS (SELECT FROM layer_loads)"
    return bool(connection.execute(text(question)).scalar_one())


def is_unfinished(connection: Connection) -> bool:
    """Say whether making the demonstration was cut short."""
    known = noted(connection, DEMONSTRATION)
    return known is not None and not known["finished"]


def shows_demonstration(connection: Connection) -> bool:
    """Say whether what is shown is demonstration data."""
    return noted(connection, DEMONSTRATION) is not None


def load_layers(
    engine: Engine,
    office: Office,
    folder: Path,
    now: datetime,
    said: Callable[[str], None],
) -> dict[str, str]:
    """Load the layers and make the accounts, in one transaction; return login → password."""
    with engine.begin() as connection:
        note(connection, DEMONSTRATION, {"finished": False, "since": now.isoformat()}, now)
        local = now.astimezone(office.city.time_zone)
        load_city(connection, folder, now=local, progress=lambda done: said(done.layer))
        passwords = create_demo_accounts(
            connection, roles=office.roles, register=office.register, now=now
        )
    office.ground.forget()
    return passwords


def make_cases(
    engine: Engine,
    office: Office,
    now: datetime,
    progress: Callable[[int], None],
    cases: int = CASES,
) -> int:
    """Make the half-year that ends at `now`, from the beginning; return the number of cases."""
    with engine.begin() as connection:
        _clear(connection)
        viewers = demo_viewers(connection, office)
    made = make_half_year(engine, office, viewers, now, cases=cases, progress=progress)
    with engine.begin() as connection:
        said: dict[str, Any] = {"finished": True, "until": now.isoformat(), "cases": made}
        note(connection, DEMONSTRATION, said, now)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE cases, journal, clock_entries, case_counts"))
    return made


def demo_viewers(connection: Connection, office: Office) -> Mapping[str, Viewer]:
    """Return the demonstration account of each role that a case meets, by role."""
    logins = ("inspector", "operator", "shift_leader", "dispatcher", "handler", "commander")
    return {
        login: viewer(account_by_login(connection, login), office.roles, office.register)
        for login in logins
    }


def _clear(connection: Connection) -> None:
    """Remove what a demonstration that was cut short has left; nobody has used it yet."""
    connection.execute(text("TRUNCATE cases, journal, clock_entries, case_counts, number_blocks"))


def keep_passwords(folder: Path, passwords: Mapping[str, str]) -> None:
    """Write the accounts where only their owner can read them, for later starts to print."""
    path = folder / "accounts.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(dict(passwords), indent=1), "utf-8")


def kept_passwords(folder: Path) -> dict[str, str]:
    """Return the accounts that the first start has kept; empty when there are none."""
    path = folder / "accounts.json"
    if not path.exists():
        return {}
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found
