"""A small city with everything a report meets: cells, streets, frontages, zones, jurisdictions."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np

from support.city import CENTRE, RandomCity, add, add_load, add_zone, line, square
from support.clusters import fresh_database
from support.people import MORNING, register, roles
from support.town import SOUTH, STEP, WEST, cell_code, cell_shapes, cells_file
from wanmi.gis import tables
from wanmi.gis.loading import load_layer
from wanmi.migrations import runner
from wanmi.platform.kernel.database import check_usable, make_engine
from wanmi.platform.organisation.demo_accounts import create_demo_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from sqlalchemy import Connection

SIDE = 20
"""Cells from west to east, and from south to north."""

GRID_DEG = SIDE * STEP


@contextlib.contextmanager
def whole_city(server: str) -> Iterator[str]:
    """A database on `server` with the city and an account of each role; yields its address."""
    with fresh_database(server) as url:
        engine = make_engine(url)
        check_usable(engine)
        runner.upgrade(engine)
        with engine.begin() as connection:
            fill(connection)
            create_demo_accounts(connection, roles=roles(), register=register(), now=MORNING)
        engine.dispose()
        yield url


def fill(connection: Connection) -> None:
    """Put the city into the database; its middle is `support.city.CENTRE`."""
    load_layer(connection, cells_file(cell_shapes(SIDE, SIDE)), now=MORNING)
    RandomCity().add_to(connection)
    codes = [cell_code(number) for number in range(1, SIDE * SIDE + 1)]
    half = len(codes) // 2
    for name, cells in (("S", codes[:half]), ("N", codes[half:])):
        add_zone(connection, f"ZI-{name}", cells, kind="inspection", unit_code="AK-CGJ")
        add_zone(connection, f"ZS-{name}", cells, kind="sanitation", unit_code="CO-HW1")
    add_zone(connection, "ZO-S", codes[:half:2], kind="street_order", unit_code="T610902001")
    model = {"programme": "三横两纵;文明示范街区", "unit_code": "AK-CGJ"}
    add(connection, tables.Street, "育才路", line((-900, 40), (900, 60)), **model)
    for number in range(12):
        shop = line((-600 + 100 * number, 47), (-560 + 100 * number, 48))
        unit = {"unit_code": "CO-SZ", "duties": "hygiene;order" if number % 2 else "facilities"}
        add(connection, tables.Frontage, f"店铺{number:02}", shop, **unit)
    for code, outline in (
        ("610902", square(-3000, -3000, 6000)),
        ("610902-GX", square(900, -3000, 2100)),
    ):
        add(connection, tables.Jurisdiction, code, outline, parent_code=code[:6])
    for layer in ("streets", "frontages", "zones", "jurisdictions"):
        add_load(connection, layer)


def places(count: int, seed: int = 7) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places in and around the city: most inside, many by the shops, a belt outside."""
    dice = np.random.default_rng(seed)
    lon = dice.uniform(WEST - GRID_DEG / 4, WEST + GRID_DEG * 1.25, count)
    lat = dice.uniform(SOUTH - GRID_DEG / 4, SOUTH + GRID_DEG * 1.25, count)
    near = dice.random(count) < 0.3
    lon[near] = CENTRE.lon + dice.uniform(-600, 600, near.sum()) / 94_000
    lat[near] = CENTRE.lat + dice.normal(47, 15, near.sum()) / 111_000
    return lon, lat
