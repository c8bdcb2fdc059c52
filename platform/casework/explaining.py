"""What would happen to a report here: cell, surroundings, units, rules, flags and conditions?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanmi.gis.frames import to_cgcs2000
from wanmi.platform.casework.locating import here, look_around, match
from wanmi.platform.casework.place_rules import Flag, flags_for
from wanmi.platform.organisation.responsibility import Decision, decide, territorial

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from wanmi.gis.points import LonLat, RawPoint
    from wanmi.platform.casework.classes import MatterClass
    from wanmi.platform.casework.conditions import Condition
    from wanmi.platform.casework.locating import Here
    from wanmi.platform.casework.office import Office


@dataclass(frozen=True, slots=True)
class Explanation:
    """A place and what is known of it; what hangs on a class only when one was asked for."""

    raw: RawPoint
    place: LonLat
    here: Here
    territorial_unit: str
    matter: MatterClass | None
    decision: Decision | None
    conditions: tuple[Condition, ...]
    flags: tuple[Flag, ...]


def explain(
    office: Office,
    raw: RawPoint,
    class_code: str | None = None,
    *,
    answers: Mapping[str, bool] | None = None,
    at: datetime | None = None,
) -> Explanation:
    """Explain a place without writing anything.

    Args:
        office: the tables.
        raw: the place.
        class_code: what would be reported there.
        answers: to the questions of that class.
        at: when it would be seen; without it no rule of place and time speaks.

    Raises:
        Invalid: there is no such class, or it does not ask what was answered.
    """
    matter = office.catalogue.matter(class_code) if class_code else None
    place = to_cgcs2000(raw)
    ground = office.ground.current()
    cells = match(ground, [place], office.city.cell_tolerance_m)
    (around,) = look_around(office, ground, [place], cells)
    found = here(office, ground, cells[0], around, None)
    return Explanation(
        raw=raw,
        place=place,
        here=found,
        territorial_unit=territorial(office.register, found.facts),
        matter=matter,
        decision=decide(office.rules, matter.code, found.facts) if matter else None,
        conditions=office.catalogue.conditions(matter.code) if matter else (),
        flags=_flags(office, matter, answers or {}, found, at) if matter and at else (),
    )


def _flags(
    office: Office, matter: MatterClass, answers: Mapping[str, bool], found: Here, at: datetime
) -> tuple[Flag, ...]:
    office.catalogue.check_answers(matter.code, answers)
    local = at.astimezone(office.city.time_zone)
    return flags_for(office.place_rules, matter.code, answers, found, local)
