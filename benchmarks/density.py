"""How quickly is the density of the whole city known, whatever the number of cases?

    python -m benchmarks.density [--cases 1000000] [--rounds 5]

Ours answers from the counters that reports and moves keep, and that each process has in memory
with what changed since; the other side counts the same cases by a spatial join when asked, as one
does without a grid index. Before each round one case is reported, so that our side has something
to catch up with. Both on the demonstration city's cells.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from benchmarks.rounds import in_turn, machine, verdict
from benchmarks.served import city
from wanmi.platform.casework.case_filters import CaseFilter
from wanmi.platform.casework.density import density
from wanmi.platform.casework.tally import Tally
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.organisation.accounts import account_by_login
from wanmi.platform.organisation.permits import viewer
from wanmi.platform.organisation.roles import RoleTable
from wanmi.platform.organisation.units import UnitRegister

if TYPE_CHECKING:
    from sqlalchemy import Connection

GOAL_TIMES, GOAL_MS = 300.0, 5.0
OPEN_SHARE = 0.15
REPORT = """
INSERT INTO incidents SELECT cell_code, jurisdiction_code, true, shape FROM incidents LIMIT 1
RETURNING cell_code, jurisdiction_code
"""
COUNTED = """
UPDATE case_counts SET cases = cases + 1, xact = pg_current_xact_id()
WHERE cell_code = :cell AND jurisdiction_code = :ground AND state_type = 'open'
"""
DENSITY, JOIN = "wanmi counters", "spatial join"

FILL = """
CREATE TABLE incidents AS
SELECT c.code AS cell_code, c.jurisdiction_code, random() < :share AS is_open,
    ST_SetSRID(ST_MakePoint(ST_X(p.shape) + (random() - 0.5) * 0.0004,
        ST_Y(p.shape) + (random() - 0.5) * 0.0004), 4490) AS shape
FROM (SELECT code, jurisdiction_code, ST_PointOnSurface(shape) AS shape,
        row_number() OVER (ORDER BY code) AS place FROM cells WHERE valid_to IS NULL) AS p
    CROSS JOIN generate_series(1, :each)
    JOIN cells c ON c.code = p.code AND c.valid_to IS NULL
"""
SPATIAL = """
SELECT c.code, count(*) FROM incidents i JOIN cells c ON ST_Covers(c.shape, i.shape)
WHERE i.is_open AND c.valid_to IS NULL GROUP BY c.code
"""
COUNT = """
INSERT INTO case_counts (cell_code, street_code, major, state_type, jurisdiction_code, cases)
SELECT c.code, '', '06', kind, c.jurisdiction_code, count(*)
FROM incidents i JOIN cells c ON ST_Covers(c.shape, i.shape) AND c.valid_to IS NULL,
    LATERAL (SELECT CASE WHEN i.is_open THEN 'open' ELSE 'closed' END AS kind) k
GROUP BY 1, 2, 3, 4, 5
"""


def prepare(connection: Connection, cases: int) -> None:
    """Scatter cases over the cells, and let the counters say what is there."""
    cells = connection.execute(text("SELECT count(*) FROM cells WHERE valid_to IS NULL")).scalar()
    each = max(1, round(cases / int(cells or 1)))
    connection.execute(text("SELECT setseed(0.6109)"))
    connection.execute(text(FILL), {"share": OPEN_SHARE, "each": each})
    connection.execute(text("CREATE INDEX ON incidents USING gist (shape)"))
    connection.execute(text("ANALYZE incidents"))
    connection.execute(text(COUNT))
    connection.execute(text("ANALYZE case_counts"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print(machine())
    with city() as made:
        engine, single = make_engine(made.url), make_engine(made.url, each_alone=True)
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            prepare(connection, arguments.cases)
        with single.connect() as connection:
            roles, register = RoleTable.load(), UnitRegister.load()
            who = viewer(account_by_login(connection, "commander"), roles, register)
            asked, now, tally = CaseFilter(status="open"), datetime.now(UTC), Tally()

            def counters() -> dict[str, int]:
                return density(connection, "cell", asked, who, now, tally)

            def join() -> dict[str, int]:
                rows: Any = connection.execute(text(SPATIAL))
                return dict(rows.all())

            def report() -> None:
                with engine.begin() as writer:
                    cell, ground = writer.execute(text(REPORT)).one()
                    writer.execute(text(COUNTED), {"cell": cell, "ground": ground})

            start = perf_counter()
            counters()
            first = 1000 * (perf_counter() - start)
            times = in_turn({DENSITY: counters, JOIN: join}, arguments.rounds, before=report)
        engine.dispose()
        single.dispose()
        assert times[DENSITY].answer == times[JOIN].answer, "both sides must count the same"
    print(f"first question of a process, which reads all counters: {first:.1f} ms")
    best = 1000 * sorted(times[DENSITY].wall)[len(times[DENSITY].wall) // 2]
    print(f"{len(times[DENSITY].answer):,} cells, {arguments.cases:,} cases: {best:.1f} ms")
    print(f"at most {GOAL_MS:g} ms: {'met' if best <= GOAL_MS else 'NOT MET'}")
    ratio, _ = times[JOIN].over(times[DENSITY])
    print(verdict("density: times a spatial join", ratio, GOAL_TIMES))


if __name__ == "__main__":
    main()
