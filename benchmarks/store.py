"""A store as large as a city's after years: 1,000,000 cases, 60,000 of them open, 12,000 cells.

    python -m benchmarks.store HOME [--cases 1000000] [--open 60000] [--cells 12000]

Makes or renews a state folder that `benchmarks.screen` and `wanmi up` can serve. Cells come from
`benchmarks.city`, everything else that has a place from the demonstration layers. Cases get cell,
street and unit from the same column-wise look-up as `wanmi geocode`, and go in by COPY; counters
are a recount. They have no journal: nothing here measures a case card.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.csv
import shapely
from sqlalchemy import text

from benchmarks.city import make_city, make_points
from wanmi.gis.loading import load_city
from wanmi.migrations import runner
from wanmi.platform.casework.bulk_geocode import BulkGeocoder
from wanmi.platform.casework.installation import note
from wanmi.platform.casework.office import open_office
from wanmi.platform.demonstration.setting_up import DEMONSTRATION, layers_folder
from wanmi.platform.kernel.cluster import Cluster
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.kernel.service_user import find_service_user, prepare_home
from wanmi.platform.kernel.settings import Settings
from wanmi.platform.organisation.demo_accounts import create_demo_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Engine

    from benchmarks.city import City
    from wanmi.platform.casework.office import Office

SERVICE_USER = "postgres"
OTHERS = ("jurisdictions", "streets", "parks", "schools", "areas")
COMMUNITY = 12  # digits
DISTRICT, DISTRICT_UNIT = "610902", "HB-GOV"
YEARS_S = 2 * 365 * 86_400
OPEN_S = 20 * 86_400
SEED = 610_900
VOID_SHARE, LATE_SHARE = 0.02, 0.25
STATES = np.array(["reported", "filed", "dispatched", "handled"])
STATE_SHARES = (0.05, 0.10, 0.70, 0.15)
WORDS = np.array(["路边有堆积物（示意）", "设施破损，待修（示意）", "占道影响通行（示意）"])

STAGING = """
CREATE TEMP TABLE made (
    n int, lon float8, lat float8, cell text, match text, far float8, street text, unit text,
    class text, words text, received float8, state text, type text, moved float8, due float8,
    ended float8
)
"""
CASES = """
INSERT INTO cases (number, report_id, content_hash, account_id, class_code, edition, source,
    description, answers, original_lon, original_lat, original_datum, accuracy_m, shape, cell_code,
    cell_match, cell_distance_m, grid_edition, street_code, street_name, zones, jurisdiction_code,
    territorial_unit, suggested_unit, unit_code, trace, flags, priority, observed_at, received_at,
    clock_suspect, state, state_type, version, stage_due_at, due_at, due_provisional, moved_at,
    ended_at)
SELECT '610900' || to_char(to_timestamp(received), 'YYYYMMDD') || lpad(n::text, 7, '0'),
    gen_random_uuid(), '\\x00', :account, class, 'GB/T 47678.5-2026', 'inspector', words, '{}',
    lon, lat, 'cgcs2000', 8, ST_SetSRID(ST_MakePoint(lon, lat), 4490), cell, match, far, 1,
    s.code, street, '[]', :district, :government, unit,
    CASE WHEN state IN ('reported', 'filed') THEN NULL ELSE unit END, '[]', '[]', 0,
    to_timestamp(received), to_timestamp(received), false, state, type, 3, to_timestamp(due),
    to_timestamp(due), false, to_timestamp(moved), to_timestamp(ended)
FROM made LEFT JOIN (SELECT name, min(code) AS code FROM streets GROUP BY name) s ON s.name = street
ORDER BY n
"""
COUNTERS = """
INSERT INTO case_counts (cell_code, street_code, major, state_type, jurisdiction_code, cases)
SELECT coalesce(cell_code, ''), coalesce(street_code, ''), left(class_code, 2), state_type,
    jurisdiction_code, count(*)
FROM cases GROUP BY 1, 2, 3, 4, 5
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'cases' AND indexname NOT IN
    (SELECT conname FROM pg_constraint WHERE conrelid = 'cases'::regclass)
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    cases: int
    open: int
    cells: int


@contextmanager
def running(home: Path) -> Iterator[str]:
    """Keep the store's database at hand; yields its address."""
    user = find_service_user(SERVICE_USER)
    prepare_home(home, user)
    with Cluster(home, user).running() as url:
        yield url


def make_store(home: Path, size: Size, now: datetime) -> None:
    """Make the store in `home`, an empty or new state folder."""
    # The index that is made here would belong to root, and the server could not write beside it.
    with running(home) as url, tempfile.TemporaryDirectory(prefix="wanmi-store-") as index:
        engine = make_engine(url)
        runner.upgrade(engine)
        settings = Settings.from_environ({"WANMI_HOME": str(home)})
        office = open_office(settings.city, engine, Path(index))
        with engine.begin() as connection:
            _ground(connection, make_city(size.cells), office, now)
        _said("ground")
        office.ground.forget()
        rows = _rows(office, make_city(size.cells), size, now)
        _said("cases in memory")
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            _fill(connection, rows)
        _said("cases stored")
        _tidy(engine)
        engine.dispose()
        _said("tidied")


def _ground(connection: Connection, city: City, office: Office, now: datetime) -> None:
    """Load the cells, an inspection zone for each community, and the demonstration's other layers."""
    known = layers_folder()
    if known is None:
        sys.exit("the demonstration layers are not here")
    with tempfile.TemporaryDirectory(prefix="wanmi-store-") as name:
        folder = Path(name)
        for layer in OTHERS:
            (folder / layer).symlink_to(known / layer)
        cells = geopandas.GeoDataFrame(
            {"BGID": city.codes, "ORDate": "2024-01-01", "JURIS": DISTRICT},
            geometry=city.cells,
            crs=4490,
        )
        (folder / "cells").mkdir()
        cells.to_file(folder / "cells" / "cells.gpkg", layer="cells")
        _zones(cells, folder / "zones")
        load_city(connection, folder, now=now.astimezone(office.city.time_zone))
    note(connection, DEMONSTRATION, {"finished": True}, now)
    create_demo_accounts(connection, roles=office.roles, register=office.register, now=now)


def _zones(cells: geopandas.GeoDataFrame, folder: Path) -> None:
    folder.mkdir()
    community = cells["BGID"].str[:COMMUNITY]
    codes = sorted(set(community))
    zones = geopandas.GeoDataFrame(
        {
            "CODE": [f"Z{code}" for code in codes],
            "KIND": "inspection",
            "NAME": [f"第{number}责任网格（示意）" for number, _ in enumerate(codes, 1)],
            "UNIT": "AK-CGJ",
            "JURIS": DISTRICT,
        },
        geometry=[
            shapely.coverage_union_all(cells.geometry[community == code].array) for code in codes
        ],
        crs=4490,
    )
    zones.to_file(folder / "zones.gpkg", layer="zones")
    members = cells.assign(ZONE="Z" + community)[["ZONE", "BGID"]]
    members.to_csv(folder / "zone_cells.csv", index=False)


def _rows(office: Office, city: City, size: Size, now: datetime) -> pa.Table:
    """Return the cases as columns of `made`, oldest first; the open ones are young."""
    random = np.random.default_rng(SEED)
    lon, lat = make_points(city, size.cases)
    matters = np.array([code for code in office.catalogue.matters if code[:2] > "05"])
    weight = random.pareto(1.2, len(matters)) + 0.05
    classes = random.choice(matters, size.cases, p=weight / weight.sum())
    found = BulkGeocoder(office, office.ground.current()).find(lon, lat, list(classes))

    types = np.where(random.random(size.cases) < VOID_SHARE, "void", "closed").astype(object)
    age = random.random(size.cases) * YEARS_S
    still = random.permutation(size.cases)[: size.open]
    types[still] = "open"
    age[still] = random.random(size.open) ** 2 * OPEN_S
    order = np.argsort(-age)
    received = now.timestamp() - age
    is_open = types == "open"
    moved = received + random.random(size.cases) * np.minimum(age, 5 * 86_400)
    states = np.where(types == "void", "voided", "closed").astype(object)
    states[is_open] = random.choice(STATES, size.open, p=STATE_SHARES)
    left = random.exponential(86_400, size.cases)
    due = now.timestamp() + np.where(random.random(size.cases) < LATE_SHARE, -left, left)
    columns = {
        "n": np.arange(size.cases),
        "lon": lon.round(7)[order],
        "lat": lat.round(7)[order],
        "cell": found.cell_code[order],
        "match": found.match[order],
        "far": found.distance_m[order],
        "street": found.street[order],
        "unit": _never_empty(found.unit_code)[order],
        "class": classes[order],
        "words": random.choice(WORDS, size.cases),
        "received": received[order],
        "state": states[order],
        "type": types[order],
        "moved": moved[order],
        "due": np.where(is_open, due, np.nan)[order],
        "ended": np.where(is_open, np.nan, moved)[order],
    }
    return pa.table({name: pa.array(made, from_pandas=True) for name, made in columns.items()})


def _never_empty(units: NDArray[np.object_]) -> NDArray[np.object_]:
    return np.where(units == None, DISTRICT_UNIT, units)  # noqa: E711 - element by element


def _fill(connection: Connection, rows: pa.Table) -> None:
    """Store the rows; indexes are made at the end, which is many times faster."""
    connection.execute(text(STAGING))
    cursor: Any = connection.connection.cursor()
    for batch in rows.to_batches(max_chunksize=100_000):
        sheet = io.BytesIO()
        pyarrow.csv.write_csv(batch, sheet, pyarrow.csv.WriteOptions(include_header=False))
        sheet.seek(0)
        cursor.copy_expert("COPY made FROM STDIN (FORMAT csv)", sheet)
    indexes = connection.execute(text(INDEXES)).all()
    for index in indexes:
        connection.execute(text(f"DROP INDEX {index.indexname}"))
    account = connection.execute(text("SELECT id FROM accounts WHERE login = 'inspector'")).scalar()
    names = {"account": account, "district": DISTRICT, "government": DISTRICT_UNIT}
    connection.execute(text(CASES), names)
    for index in indexes:
        connection.execute(text(index.indexdef))
    connection.execute(text(COUNTERS))


def _tidy(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE cases, case_counts, cells, zone_cells"))


_start = perf_counter()


def _said(what: str) -> None:
    print(f"{perf_counter() - _start:6.1f} s  {what}", flush=True)


def main() -> None:
    """Make the store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=60_000)
    parser.add_argument("--cells", type=int, default=12_000)
    asked = parser.parse_args()
    make_store(asked.home, Size(asked.cases, asked.open, asked.cells), datetime.now(UTC))


if __name__ == "__main__":
    main()
