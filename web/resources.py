"""Which resources are served? The list that the application is put together from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanmi.web.api import health

if TYPE_CHECKING:
    from flask_openapi3 import APIBlueprint

BLUEPRINTS: tuple[APIBlueprint, ...] = (health.blueprint,)
