"""What does casework have at hand: catalogue, rules, workflow, calendar, grid index, numbers?

One frozen value a process, made when it starts and handed to every function that needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanmi.gis.frames import Plane
from wanmi.platform.casework.calendar_rows import fresh_calendar
from wanmi.platform.casework.catalogue import Catalogue
from wanmi.platform.casework.ground import fresh_ground
from wanmi.platform.casework.number_tables import block_taker
from wanmi.platform.casework.numbering import NumberBlocks, NumberKind
from wanmi.platform.casework.place_rule_files import read_place_rules
from wanmi.platform.casework.stage_limits import load_clocks
from wanmi.platform.casework.workflow_tables import load_workflow
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.organisation.responsibility import RuleBook
from wanmi.platform.organisation.roles import RoleTable
from wanmi.platform.organisation.units import UnitRegister

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Engine

    from wanmi.platform.casework.ground import Ground
    from wanmi.platform.casework.place_rules import PlaceRule
    from wanmi.platform.casework.stage_limits import ClockRule
    from wanmi.platform.casework.workflow import Workflow
    from wanmi.platform.kernel.city import City
    from wanmi.platform.kernel.freshness import Fresh
    from wanmi.platform.kernel.working_calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class Office:
    """All that is looked up while a report is taken in or a case is moved."""

    city: City
    plane: Plane
    catalogue: Catalogue
    place_rules: tuple[PlaceRule, ...]
    rules: RuleBook
    register: UnitRegister
    roles: RoleTable
    workflow: Workflow
    clocks: Mapping[str, ClockRule]
    calendars: Fresh[WorkCalendar]
    ground: Fresh[Ground]
    report_numbers: NumberBlocks
    case_numbers: NumberBlocks

    @property
    def calendar(self) -> WorkCalendar:
        """The city's working calendar as it is now."""
        return self.calendars.current()


def open_office(city: City, engine: Engine, home: Path) -> Office:
    """Read every table that casework stands on.

    Ground, calendar and numbers come from the database of `engine`; the saved grid index lies in
    the state folder `home`.

    Raises:
        SettingsInvalid: a table is wrong; every fault is named with file and line.
    """
    catalogue = Catalogue.load()
    register = UnitRegister.load()
    roles = RoleTable.load()
    # A pool of its own: sessions that wait for a number, or for the ground to be read, hold a
    # connection of the shared pool already and must not wait there for one another.
    own = make_engine(engine.url.render_as_string(hide_password=False), pool_size=1)
    take = block_taker(own)
    plane = Plane(city.plane_epsg)

    def numbers(kind: NumberKind, size: int) -> NumberBlocks:
        return NumberBlocks(take, kind, division=city.code, zone=city.time_zone, size=size)

    return Office(
        city=city,
        plane=plane,
        catalogue=catalogue,
        place_rules=read_place_rules(catalogue),
        rules=RuleBook.load(register),
        register=register,
        roles=roles,
        workflow=load_workflow(granted=_granted(roles), roles=tuple(roles.by_code)),
        clocks=load_clocks(),
        calendars=fresh_calendar(own, city),
        ground=fresh_ground(own, plane, home / "index"),
        report_numbers=numbers(NumberKind.REPORT, 100),
        case_numbers=numbers(NumberKind.CASE, 20),
    )


def _granted(roles: RoleTable) -> frozenset[str]:
    """Return every permission that somebody has. Who may report makes the move of that name."""
    found = frozenset().union(*(role.permissions for role in roles.by_code.values()))
    return found | {"move.report"} if "report.create" in found else found
