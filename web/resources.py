"""Which resources are served? The list that the application is put together from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanmi.web.api import (
    cases,
    catalogue,
    components,
    counts,
    density,
    documentation,
    events,
    exports,
    health,
    layers,
    locate,
    photos,
    place_counts,
    points,
    public,
    reports,
    tiles,
)
from wanmi.web.pages import command, home, pairing, patrol, signing_in

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
    exports.blueprint,
    counts.blueprint,
    layers.blueprint,
    components.blueprint,
    place_counts.blueprint,
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
    pairing.blueprint,
)
