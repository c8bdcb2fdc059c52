"""`wanmi explain`: what lies at a place, who answers for it, and why?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wanmi.gis.points import RawPoint
from wanmi.web.cli.saying import (
    datum_option,
    json_option,
    put_json,
    put_pairs,
    put_table,
    said_datum,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wanmi.platform.kernel.settings import Settings

NONE = "none"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@click.option("--class", "class_code", metavar="CODE", help="A class of matters, five digits.")
@datum_option
@json_option
@click.pass_obj
def explain(
    settings: Settings,
    lon: float,
    lat: float,
    *,
    class_code: str | None,
    datum: str | None,
    as_json: bool,
) -> None:
    """Say which cell, street, zones and units are at LON LAT (degrees, longitude first).

    With a class of matters also which unit the rules propose, and every rule that was tried.
    """
    from wanmi.platform.casework.explaining import explain as explained
    from wanmi.platform.casework.office import open_office
    from wanmi.web.cli.speaking import speaking
    from wanmi.web.cli.standing import ready_database
    from wanmi.web.presenters.places import explanation_body

    raw = RawPoint(lon, lat, said_datum(datum))
    with ready_database(settings) as engine, speaking(settings):
        office = open_office(settings.city, engine, settings.home)
        found = explained(office, raw, class_code)
        body = explanation_body(office, found)
        if not office.city.believed_box.contains(found.place):
            say("this place is far outside the country: reports from here are refused")
    if as_json:
        put_json(body)
        return
    put_pairs(_lines(body, settings))
    if body["trace"]:
        click.echo()
        steps = [(step["rule"], step["outcome"], step.get("unit")) for step in body["trace"]]
        put_table(("rule tried", "outcome", "unit"), steps)


def _lines(body: dict[str, Any], settings: Settings) -> Iterator[tuple[str, str]]:
    stored = body["location"]["stored"]
    original = body["location"]["original"]
    yield "place", f"{original['lon']!r}, {original['lat']!r} ({original['datum']})"
    yield "stored", f"{stored['lon']!r}, {stored['lat']!r} (cgcs2000)"
    cell = body["cell"]
    where = {
        "inside": str(cell["code"]),
        "nearest": f"{cell['code']}, {cell['distance_m']} m away",
        "none": f"{NONE} within {settings.city.cell_tolerance_m:g} m",
    }
    yield "cell", where[cell["match"]]
    yield "territorial unit", _unit(cell["unit"])
    street = body["street"]
    if street:
        yield "street", f"{street['name']} ({street['code']}), {street['distance_m']} m"
    else:
        yield "street", f"{NONE} within {settings.city.street_tolerance_m:g} m"
    for zone in body["zones"]:
        yield "zone", f"{zone['kind']}: {zone['name']} ({zone['code']}), {_unit(zone['unit'])}"
    for area in body["areas"]:
        yield "area", f"{area['kind']}: {area['name']} ({area['code']})"
    for school in body["schools"]:
        yield "school", f"{school['name']} ({school['code']}), {school['distance_m']} m"
    if body["nearest_place"]:
        yield "near", body["nearest_place"]["words"]
    yield "jurisdiction", body["jurisdiction_code"]
    if "class" in body:
        yield "class", f"{body['class']['code']} {body['class']['name']}"
        yield "suggested unit", _unit(body["suggested_unit"])
        yield "because", f"{body['trace'][-1]['rule']}: {body['reason']}"
        for condition in body["conditions"]:
            limit = condition["limit"]
            yield "condition", f"{condition['text']}: {limit['amount']:g} {limit['unit']}"


def _unit(unit: dict[str, str] | None) -> str:
    return f"{unit['name']} ({unit['code']})" if unit else NONE
