"""Make the demonstration half-year (示意数据): reports and moves through the rooms people use.

Nothing here writes a row of its own: reports go through `casework.intake`, moves through
`casework.moving`. The same moment and layers give the same cases.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from wanmi.gis.points import Datum, RawPoint
from wanmi.platform.casework.intake import Arrival, Taken, sender_of, take_in
from wanmi.platform.casework.ledger import Entry, Kind
from wanmi.platform.casework.move_rows import write_moves
from wanmi.platform.casework.moving import Asked, plan
from wanmi.platform.casework.reports import Report
from wanmi.platform.demonstration.careers import Career, careers
from wanmi.platform.demonstration.mix import read_mix, read_sources
from wanmi.platform.demonstration.scatter import Scatter
from wanmi.platform.kernel.limits import Limit, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.random import Generator
    from sqlalchemy import Engine

    from wanmi.platform.casework.moving import Moved
    from wanmi.platform.casework.office import Office
    from wanmi.platform.demonstration.mix import KindOfIssue
    from wanmi.platform.organisation.permits import Viewer

SEED = 610_900
DAYS = 182
CASES = 23_000
CHUNK = 1000
NUMBERS_A_DAY = 200
"""Numbers taken at once: no more than about the busiest day needs, so that few are left out."""

FRESH_CASES, FRESH_SECONDS = 16, 840.0
SUNDAY_SHARE = (1.0, 1.02, 1.0, 1.0, 1.04, 0.72, 0.6)
"""How much is reported on each day of the week, Monday first."""


@dataclass(frozen=True, slots=True)
class Told:
    """A report to come: when, by which role, and of which kind."""

    at: datetime
    role: str
    report: Report
    kind: KindOfIssue


def make_half_year(
    engine: Engine,
    office: Office,
    viewers: Mapping[str, Viewer],
    now: datetime,
    *,
    cases: int = CASES,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Make about `cases` cases that end at `now`; return how many.

    Args:
        engine: the database; each chunk is committed by itself.
        office: what casework has at hand.
        viewers: an account of each role, by role.
        now: the end of the half-year.
        cases: how many reports.
        progress: called with the number of reports and moves done since the last call.
    """
    office = replace(
        office,
        report_numbers=office.report_numbers.in_blocks_of(NUMBERS_A_DAY),
        case_numbers=office.case_numbers.in_blocks_of(NUMBERS_A_DAY),
    )
    rng = np.random.default_rng(SEED)
    told = _reports(engine, office, rng, now, cases)
    made: list[Taken] = []
    for chunk in _chunks(told):
        arrivals = [Arrival(one.report, sender_of(viewers[one.role]), one.at) for one in chunk]
        with engine.begin() as connection:
            answers = take_in(connection, office, arrivals)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
            made.append(answer)
        progress(len(chunk))
    lives = careers(
        office, rng, now, [(one.kind, taken.case) for one, taken in zip(told, made, strict=True)]
    )
    _live(engine, office, viewers, list(zip(made, lives, strict=True)), progress)
    return len(made)


def _reports(
    engine: Engine,
    office: Office,
    rng: Generator,
    now: datetime,
    cases: int,
) -> list[Told]:
    kinds, sources = read_mix(), read_sources()
    kind_shares = np.array([kind.weight for kind in kinds])
    source_shares = np.array([source.weight for source in sources])
    with engine.connect() as connection:
        scatter = Scatter(connection, office.plane, rng)
    chosen = rng.choice(len(kinds), cases, p=kind_shares / kind_shares.sum())
    spoken = rng.choice(len(sources), cases, p=source_shares / source_shares.sum())
    told = []
    for number in range(cases):
        kind, source = kinds[chosen[number]], sources[spoken[number]]
        # The last ones have only just come in, at whatever hour the demonstration is made.
        fresh = timedelta(seconds=float(rng.uniform(20, FRESH_SECONDS)))
        at = now - fresh if number < FRESH_CASES else _moment(office, rng, kind, now)
        spot = scatter.draw(kind.spread, kind.class_code)
        matter = office.catalogue.matter(kind.class_code)
        seconds = float(rng.uniform(5, 90))
        report = Report(
            id=UUID(bytes=rng.bytes(16), version=4),
            class_code=kind.class_code,
            description=f"{kind.note}（示意）",
            location=RawPoint(*spot.place.lonlat, Datum.WGS84),
            accuracy_m=round(float(rng.gamma(4, 2.2)), 1),
            observed_at=at - timedelta(seconds=seconds),
            sent_at=at - timedelta(seconds=1),
            source=source.source,
            component_id=spot.component,
            answers={
                question.key: bool(rng.random() < 0.4)  # noqa: PLR2004 - of stalls, four in ten sell food
                for question in matter.questions
            },
        )
        told.append(Told(at, source.role, report, kind))
    return sorted(told, key=lambda one: (one.at, one.report.id))


def _moment(office: Office, rng: Generator, kind: KindOfIssue, now: datetime) -> datetime:
    """Draw when something was reported: by the week, by the hour of its kind, before `now`."""
    local = now.astimezone(office.city.time_zone)
    for _ in range(50):
        day = local.date() - timedelta(days=int(rng.integers(0, DAYS)))
        if rng.random() * max(SUNDAY_SHARE) > SUNDAY_SHARE[day.weekday()]:
            continue
        first, last = kind.hours
        hour = first + (last - first) * rng.beta(1.6, 1.9)
        midnight = datetime(day.year, day.month, day.day, tzinfo=office.city.time_zone)
        at = midnight + timedelta(seconds=round(hour * 3600))
        if at < now:
            return at
    return now - timedelta(hours=float(rng.uniform(1, 48)))


def _live(
    engine: Engine,
    office: Office,
    viewers: Mapping[str, Viewer],
    made: Sequence[tuple[Taken, Career]],
    progress: Callable[[int], None],
) -> None:
    """Lead every case through its moves; the next thousand are planned while one is written."""
    lives = [Life(taken.case, _first_entries(taken.case), career) for taken, career in made]
    step = 0
    with ThreadPoolExecutor(1) as writer:
        written: Future[None] | None = None
        while waiting := [life for life in lives if len(life.career.moves) > step]:
            waiting.sort(key=lambda life: life.career.moves[step].at)
            for chunk in _chunks(waiting):
                moves = [life.lead(office, viewers, step) for life in chunk]
                if written:
                    written.result()
                written = writer.submit(_write, engine, moves)
                progress(len(chunk))
            step += 1
        if written:
            written.result()


@dataclass(slots=True)
class Life:
    """A case as it is by now, its clock ledger, and what is to happen to it."""

    case: Mapping[str, Any]
    ledger: list[Entry]
    career: Career

    def lead(self, office: Office, viewers: Mapping[str, Viewer], step: int) -> Moved:
        """Make the next move, and return it to be written."""
        one = self.career.moves[step]
        asked = Asked(one.move, self.case["version"], one.given)
        moved = plan(office, self.case, self.ledger, asked, viewers[one.role], one.at)
        self.case = {**self.case, **moved.after}
        self.ledger += moved.entries
        return moved


def _write(engine: Engine, moves: Sequence[Moved]) -> None:
    with engine.begin() as connection:
        write_moves(connection, moves)


def _first_entries(case: Mapping[str, Any]) -> list[Entry]:
    """Return the ledger that intake has written for a new case."""
    return [
        Entry(
            entry["clock"],
            Kind(entry["kind"]),
            case["received_at"],
            entry["rule"],
            Limit(entry["amount"], Unit(entry["unit"])) if entry["amount"] is not None else None,
        )
        for entry in case["clocks"]
    ]


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
