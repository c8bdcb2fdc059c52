"""What does a request have at hand: settings, the database, the office, the stores, the clock?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import urlsplit

from flask import current_app

from wanmi.gis.points import Datum
from wanmi.platform.casework.office import open_office
from wanmi.platform.casework.picture_store import PictureStore
from wanmi.platform.casework.tally import Tally
from wanmi.platform.kernel.database import make_engine
from wanmi.web.maps.tiles import TileAddress
from wanmi.web.wiring.drawings import Drawings
from wanmi.web.wiring.identity_cache import Remembered
from wanmi.web.wiring.streams import Hub
from wanmi.web.wiring.together import Together
from wanmi.web.wiring.waker import Waker

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from wanmi.platform.casework.office import Office
    from wanmi.platform.kernel.settings import Settings

EXTENSION = "wanmi"


def wall_clock() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Services:
    """The long-lived things of one server process, made once in `create_app`.

    With `engine` a request's work is one transaction; with `single` each statement is its own.
    `tiles` is the outside base map, when the city has set one.
    """

    settings: Settings
    engine: Engine
    single: Engine
    office: Office
    pictures: PictureStore
    hub: Hub
    waker: Waker
    remembered: Remembered
    drawings: Drawings
    tally: Tally
    together: Together
    tiles: TileAddress | None
    clock: Callable[[], datetime] = wall_clock

    @classmethod
    def open(
        cls,
        settings: Settings,
        database_url: str,
        clock: Callable[[], datetime] = wall_clock,
    ) -> Self:
        """Open everything; the database is not asked before the first request needs it."""
        engine = make_engine(database_url)
        office = open_office(settings.city, engine, settings.home)
        return cls(
            settings=settings,
            engine=engine,
            single=make_engine(database_url, each_alone=True),
            office=office,
            pictures=PictureStore(settings.home / "photos"),
            hub=Hub(engine, settings.event_streams),
            waker=Waker(engine),
            remembered=Remembered(),
            drawings=Drawings(engine, office.ground),
            tally=Tally(),
            together=Together(),
            tiles=tiles_of(settings),
            clock=clock,
        )

    def close(self) -> None:
        """Give back the connections that nobody uses."""
        self.engine.dispose()
        self.single.dispose()


def tiles_of(settings: Settings) -> TileAddress | None:
    """Return the outside base map of the settings, or None.

    Raises:
        SettingsInvalid: the address lacks {z}, {x} or {y}, or its datum cannot be drawn.
    """
    if settings.tile_url is None:
        return None
    credit = settings.tile_credit or urlsplit(settings.tile_url).netloc
    return TileAddress(settings.tile_url, Datum(settings.tile_datum), credit)


def services() -> Services:
    """Return the services of the application that handles this request."""
    return cast("Services", current_app.extensions[EXTENSION])
