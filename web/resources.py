"""Which resources are served? The list that the application is put together from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanmi.web.api import (
    cases,
    catalogue,
    counts,
    density,
    documentation,
    events,
    health,
    layers,
    locate,
    photos,
    points,
    public,
    reports,
    tiles,
)
from wanmi.web.pages import command, home, patrol, signing_in

if TYPE_CHECKING:
    from flask import Blueprint
    from flask_openapi3 import APIBlueprint

BLUEPRINTS: tuple[APIBlueprint | Blueprint, ...] = (
    health.blueprint,
    reports.blueprint,
    cases.blueprint,
    photos.blueprint,
    points.blueprint,
    density.blueprint,
    counts.blueprint,
    layers.blueprint,
    tiles.blueprint,
    locate.blueprint,
    events.blueprint,
    command.blueprint,
    catalogue.blueprint,
    public.blueprint,
    documentation.blueprint,
    home.blueprint,
    signing_in.blueprint,
    patrol.blueprint,
)
