"""Which city does this installation serve: its code, clock, metric plane and tolerances?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wanmi.gis.errors import GisError
from wanmi.gis.points import Bounds, Datum, LonLat
from wanmi.platform.kernel.errors import FieldError, SettingsInvalid

if TYPE_CHECKING:
    from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
DIVISION_DIGITS = 6
MAX_TOLERANCE_M = 1000.0


@dataclass(frozen=True, slots=True)
class City:
    """What is particular to one city, as data.

    Attributes:
        code: division code of the installation (GB/T 2260, 6 digits); the head of every number.
        plane_epsg: projected frame, metres, in which every distance is decided.
        centre: where maps open (CGCS2000 degrees).
        believed_box: where a report can be; a place outside it is taken for a mistake.
        cell_tolerance_m: how far outside the grid a report still takes the nearest cell.
        street_tolerance_m: how far from its line a place still belongs to a street.
        frontage_tolerance_m: the same for a frontage (门前四包).
    """

    code: str
    name: str
    name_en: str
    time_zone: ZoneInfo
    plane_epsg: int
    centre: LonLat
    believed_box: Bounds
    cell_tolerance_m: float
    street_tolerance_m: float
    frontage_tolerance_m: float


def load_city(path: Path | None) -> City:
    """Read the city's file, or the one that comes with Wanmi (安康) when `path` is None.

    Raises:
        SettingsInvalid: the file is missing, is not JSON, or a value is wrong; all faults at once.
    """
    source = path or files("wanmi.platform.kernel") / "data" / "city.json"
    try:
        given = json.loads(source.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsInvalid(f"The city's file {source} cannot be read: {error}.") from error
    faults: list[FieldError] = []

    def number(key: str, low: float, high: float) -> float:
        value = given.get(key)
        if not isinstance(value, int | float) or not low <= value <= high:
            faults.append(FieldError(key, f"must be a number from {low:g} to {high:g}"))
            return low
        return float(value)

    def text(key: str) -> str:
        value = given.get(key)
        if not isinstance(value, str) or not value.strip():
            faults.append(FieldError(key, "must be a text"))
            return ""
        return value

    def read(key: str, form: str, parse: Callable[[Any], T], otherwise: T) -> T:
        try:
            return parse(given.get(key))
        except (GisError, ZoneInfoNotFoundError, TypeError, KeyError, ValueError, AttributeError):
            faults.append(FieldError(key, f"must be {form}"))
            return otherwise

    code = read("code", "six digits", _division, "")
    zone = read("time_zone", "a zone such as Asia/Shanghai", ZoneInfo, ZoneInfo("UTC"))
    form = '{"lon": …, "lat": …, "datum": "cgcs2000"}'
    centre = read("centre", form, _centre, LonLat(0, 0))
    everywhere = Bounds(-180, -90, 180, 90)
    believed_box = read("believed_box", "minlon,minlat,maxlon,maxlat", Bounds.from_text, everywhere)
    city = City(
        code=code,
        name=text("name"),
        name_en=text("name_en"),
        time_zone=zone,
        plane_epsg=int(number("plane_epsg", 1024, 999_999)),
        centre=centre,
        believed_box=believed_box,
        cell_tolerance_m=number("cell_tolerance_m", 0, MAX_TOLERANCE_M),
        street_tolerance_m=number("street_tolerance_m", 0, MAX_TOLERANCE_M),
        frontage_tolerance_m=number("frontage_tolerance_m", 0, MAX_TOLERANCE_M),
    )
    if faults:
        raise SettingsInvalid(f"The city's file {source} is wrong.", errors=tuple(faults))
    return city


def _division(given: str) -> str:
    if len(given) != DIVISION_DIGITS or not given.isdecimal():
        raise ValueError
    return given


def _centre(given: dict[str, object]) -> LonLat:
    if Datum.from_text(str(given["datum"])) is not Datum.CGCS2000:
        raise ValueError
    return LonLat(float(str(given["lon"])), float(str(given["lat"])))
