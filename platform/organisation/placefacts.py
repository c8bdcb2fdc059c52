"""What has to be known about a place before one can say who answers for it?

Plain values, made by the caller from the layers (component, frontages, street, zones, divisions,
jurisdiction); nothing here knows geometry. Units are codes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COMMUNITY_DIGITS = 12
SUBDISTRICT_DIGITS = 9

_NO_ZONES: Mapping[str, ZoneFacts] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ComponentFacts:
    """The component (部件) a report is about, with the units of its register entry."""

    code: str
    maintainer: str | None = None
    owner: str | None = None
    competent: str | None = None


@dataclass(frozen=True, slots=True)
class FrontageFacts:
    """A frontage (门前四包). `duties`: of hygiene, order, facilities, greening; empty: all."""

    code: str
    unit: str | None = None
    duties: tuple[str, ...] = ()
    distance_m: float = 0.0


@dataclass(frozen=True, slots=True)
class StreetFacts:
    """The street (道路) of a place. `programmes` makes it a model street; empty: it is none."""

    code: str
    name: str = ""
    programmes: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneFacts:
    """A zone (责任区) that holds the place's cell: `kind` is its dimension."""

    code: str
    kind: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """All that the rules ask of a place; what is not known is None or empty.

    `zones` holds at most one zone a dimension. `jurisdiction_code` is the innermost one.
    """

    component: ComponentFacts | None = None
    frontage: FrontageFacts | None = None
    street: StreetFacts | None = None
    zones: Mapping[str, ZoneFacts] = field(default_factory=lambda: _NO_ZONES)
    cell_code: str | None = None
    community_code: str | None = None
    subdistrict_code: str | None = None
    jurisdiction_code: str | None = None

    @classmethod
    def gather(
        cls,
        *,
        component: ComponentFacts | None = None,
        frontages: Iterable[FrontageFacts] = (),
        street: StreetFacts | None = None,
        zones: Iterable[ZoneFacts] = (),
        cell_code: str | None = None,
        jurisdiction_code: str | None = None,
    ) -> Self:
        """Make the facts from what lies around a place, in whatever order it was found.

        Of several frontages the nearest counts (`distance_m`), of equals the lowest code; of
        several zones of one dimension the lowest code. Community (12 digits) and subdistrict (9)
        are the beginning of the cell's code (6 + 3 + 3 + 3 digits).
        """
        by_kind: dict[str, ZoneFacts] = {}
        for zone in sorted(zones, key=lambda zone: (zone.code, zone.unit or "")):
            by_kind.setdefault(zone.kind, zone)
        return cls(
            component=component,
            frontage=min(
                frontages,
                key=lambda front: (front.distance_m, front.code, front.unit or ""),
                default=None,
            ),
            street=street,
            zones=MappingProxyType(by_kind),
            cell_code=cell_code,
            community_code=cell_code[:COMMUNITY_DIGITS] if cell_code else None,
            subdistrict_code=cell_code[:SUBDISTRICT_DIGITS] if cell_code else None,
            jurisdiction_code=jurisdiction_code,
        )
