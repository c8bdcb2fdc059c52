"""What does a request have at hand: settings, the database engine, the clock?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from wanmi.platform.kernel.settings import Settings

EXTENSION = "wanmi"


def wall_clock() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Services:
    """The long-lived things of one server process, made once in `create_app`."""

    settings: Settings
    engine: Engine
    clock: Callable[[], datetime] = wall_clock


def services() -> Services:
    """Return the services of the application that handles this request."""
    return cast("Services", current_app.extensions[EXTENSION])
