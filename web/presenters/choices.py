"""What is there to choose from in the filter, in the reader's language?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from wanmi.gis.layers import ZONE_KINDS
from wanmi.platform.organisation.roles import SOURCE_PREFIX
from wanmi.web.presenters.cases import in_chinese, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wanmi.platform.casework.office import Office
    from wanmi.platform.casework.workflow import State
    from wanmi.platform.organisation.permits import Viewer

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Group:
    """Choices under one heading: code and name."""

    label: str
    choices: Pairs


def statuses(office: Office) -> Pairs:
    """Return the types of state and the states themselves, open ones first."""
    states = [
        (state.name, state_name(state))
        for state in office.workflow.states.values()
        if state.type == "open"
    ]
    return [
        ("open", gettext("All open")),
        *states,
        ("closed", gettext("Closed")),
        ("void", gettext("Void")),
        ("any", gettext("Every state")),
    ]


def state_name(state: State) -> str:
    """Return what a state is called."""
    return state.label_zh if in_chinese() else state.label_en


def classes(office: Office) -> list[Group]:
    """Return the classes of matters by major."""
    return [
        Group(
            named(major),
            [
                (matter.code, named(matter))
                for matter in office.catalogue.matters.values()
                if matter.major == major.code
            ],
        )
        for major in office.catalogue.majors()
    ]


def majors(office: Office) -> Pairs:
    """Return the majors of matters."""
    return [(major.code, named(major)) for major in office.catalogue.majors()]


def units(office: Office, viewer: Viewer) -> list[Group]:
    """Return the units that may have cases on the viewer's ground, by kind."""
    labels = {
        "department": gettext("Departments"),
        "company": gettext("Companies"),
        "government": gettext("Governments"),
        "subdistrict": gettext("Subdistricts and towns"),
        "community": gettext("Communities"),
    }
    own = viewer.jurisdictions | {office.register.jurisdictions.root}
    found = [
        Group(
            label,
            [
                (unit.code, named(unit))
                for unit in office.register.by_code.values()
                if unit.kind == kind and unit.jurisdiction_code in own
            ],
        )
        for kind, label in labels.items()
    ]
    return [group for group in found if group.choices]


def streets(rows: Iterable[Mapping[str, Any]]) -> list[Group]:
    """Return the streets, model streets first, then by grade, each by name."""
    labels = {
        "model": gettext("Model streets"),
        "main": gettext("Main streets"),
        "secondary": gettext("Secondary streets"),
        "branch": gettext("Branch streets"),
        "lane": gettext("Lanes"),
    }
    groups: dict[str, Pairs] = {key: [] for key in labels}
    for row in rows:
        key = "model" if row["programme"] else row["grade"]
        groups.get(key, groups["branch"]).append((row["code"], row["name"]))
    return [
        Group(label, sorted(groups[key], key=lambda pair: pair[1]))
        for key, label in labels.items()
        if groups[key]
    ]


def zone_kinds(office: Office) -> dict[str, str]:
    """Return what zones of each kind are called."""
    dimensions = office.rules.dimensions.by_code
    return {
        kind: gettext("Inspection zones") if kind == "inspection" else named(dimensions[kind])
        for kind in ZONE_KINDS
    }


def zone_layers(kinds: Mapping[str, str]) -> dict[str, str]:
    """Return what the layers of zones are called; a dimension alone would be taken for a matter."""
    return {
        kind: name if kind == "inspection" else gettext("Duty zones: %(name)s", name=name)
        for kind, name in kinds.items()
    }


def zones(rows: Iterable[Mapping[str, Any]], kinds: Mapping[str, str]) -> list[Group]:
    """Return the zones by kind, each by code."""
    groups: dict[str, Pairs] = {kind: [] for kind in kinds}
    for row in rows:
        groups.setdefault(row["kind"], []).append((row["code"], row["name"]))
    return [Group(kinds.get(kind, kind), pairs) for kind, pairs in groups.items() if pairs]


def area_kinds() -> dict[str, str]:
    """Return what areas of each kind are called; water belongs to the base map."""
    return {
        "stall_area": gettext("Permitted stall areas"),
        "old_compound": gettext("Old compounds"),
        "urban_village": gettext("Urban villages"),
        "residential": gettext("Residential land"),
        "water_source": gettext("Water source protection"),
        "ancient_tree_circle": gettext("Ancient trees' circles"),
    }


def issue_fields() -> Pairs:
    """Return the lines of a case's popup: column of its row, and label."""
    return [
        ("class", gettext("Class")),
        ("place", gettext("Street")),
        ("unit", gettext("Unit")),
        ("status", gettext("State")),
    ]


def sources(office: Office) -> dict[str, str]:
    """Return what the sources of reports are called."""
    return {
        code.removeprefix(SOURCE_PREFIX): named(permission)
        for code, permission in office.roles.permissions.items()
        if code.startswith(SOURCE_PREFIX)
    }


def rules(office: Office) -> dict[str, str]:
    """Return the sentence of each responsibility rule."""
    return {
        rule.code: rule.reason_zh if in_chinese() else rule.reason_en for rule in office.rules.rules
    }
