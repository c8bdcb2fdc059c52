"""Which moves are possible from a state, what does each need, and what follows from it?

The states and moves are tables (`data/states.csv`, `data/moves.csv`, read by `workflow_tables`);
here they are interpreted. Nothing here knows a state or a move by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import Conflict, FieldError, Invalid, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wanmi.platform.casework.ledger import Effect

TEXT_LIMIT = 2000
"""The longest text that a move takes, in characters."""


class StateType(StrEnum):
    """What a state means to lists and counters, whatever a city calls it."""

    OPEN = "open"
    CLOSED = "closed"
    VOID = "void"


class FieldKind(StrEnum):
    """What kind of thing is given in a field of a move."""

    TEXT = "text"
    CHOICE = "choice"  # one of the options that the case has for it
    PHOTOS = "photos"  # identifiers of photos, at least one


FIELDS: Mapping[str, FieldKind] = {
    "condition": FieldKind.CHOICE,
    "unit": FieldKind.CHOICE,
    "closing_condition": FieldKind.CHOICE,
    "reason": FieldKind.TEXT,
    "photos": FieldKind.PHOTOS,
}
"""Every field that a move may require or take."""


class MoveImpossible(Conflict):
    """The move is not possible from the state the case is in.

    Attributes:
        possible: the names of the moves that the person may make from there.
    """

    def __init__(self, message: str, possible: tuple[str, ...]) -> None:
        """Keep the moves beside the sentence."""
        super().__init__(message)
        self.possible = possible


@dataclass(frozen=True, slots=True)
class State:
    """One state: its type, its names, and which clocks run or pause while a case is in it."""

    name: str
    type: StateType
    label_en: str
    label_zh: str
    clocks: frozenset[str]
    paused: frozenset[str]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A field that must be given; `options` are the values allowed, None when any may be."""

    field: str
    options: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table of moves.

    Attributes:
        state: where it starts; None for the move that makes a case.
        requires, takes: the fields that must and that may be given with it.
        effects: what it does to which clocks.
        told: who hears of it: roles, or `unit` and `reporter` of the case.
    """

    name: str
    state: str | None
    next_state: str
    requires: tuple[Requirement, ...]
    takes: tuple[str, ...]
    effects: tuple[Effect, ...]
    told: tuple[str, ...]
    label_en: str
    label_zh: str

    @property
    def permission(self) -> str:
        """The name of the permission that this move needs."""
        return f"move.{self.name}"


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from a move; the caller writes it down.

    `given` holds what was given, by field, texts without blanks around them.
    """

    move: str
    state: str | None
    next_state: str
    effects: tuple[Effect, ...]
    told: tuple[str, ...]
    given: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Workflow:
    """The table of states and moves, checked by `workflow_tables`."""

    states: Mapping[str, State]
    moves: tuple[Move, ...]

    @cached_property
    def _by_state(self) -> Mapping[str | None, Mapping[str, Move]]:
        found: dict[str | None, dict[str, Move]] = {}
        for move in self.moves:
            found.setdefault(move.state, {})[move.name] = move
        return found

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(move.name for move in self.moves)

    def moves_from(self, state: str | None, permissions: Collection[str]) -> tuple[Move, ...]:
        """Return the moves that a person with `permissions` may make from `state`, as in the table.

        `state` is None for a case that does not exist yet.
        """
        moves = self._by_state.get(state, {})
        return tuple(move for move in moves.values() if move.permission in permissions)

    def apply(
        self,
        state: str | None,
        move: str,
        given: Mapping[str, object],
        permissions: Collection[str],
        options: Mapping[str, Collection[str]] | None = None,
    ) -> Step:
        """Return what follows when the move called `move` is made from `state`.

        Args:
            state: the state the case is in; None when the move makes it.
            move: the move's name.
            given: the values given with it, by field; None counts as not given.
            permissions: names of the permissions of who makes the move.
            options: for choices, the values that this case allows, by field.

        Raises:
            Invalid: there is no such move, a field is missing, unknown or wrong; with the fields.
            NotAllowed: the person may not make this move at all.
            MoveImpossible: it does not start in this state; with the moves that do.
        """
        if move not in self._names:
            message = "There is no such move."
            raise Invalid(message, errors=(FieldError("move", message),))
        if f"move.{move}" not in permissions:
            raise NotAllowed("This move is for other people; ask who may make it.")
        row = self._by_state.get(state, {}).get(move)
        if row is None:
            possible = tuple(other.name for other in self.moves_from(state, permissions))
            raise MoveImpossible(
                "This move is not possible in the state the case is in; load the case again and "
                "choose one of its moves.",
                possible,
            )
        taken = _taken(row, given, options or {})
        return Step(row.name, row.state, row.next_state, row.effects, row.told, taken)


def _taken(
    move: Move,
    given: Mapping[str, object],
    options: Mapping[str, Collection[str]],
) -> dict[str, object]:
    allowed: dict[str, Collection[str] | None] = {name: options.get(name) for name in move.takes}
    for needed in move.requires:
        allowed[needed.field] = options.get(needed.field, needed.options)
    required = {needed.field for needed in move.requires}
    taken: dict[str, object] = {}
    errors = [
        FieldError(name, "This move does not take this; leave it out.")
        for name in given
        if name not in allowed
    ]
    for name, choices in allowed.items():
        value = given.get(name)
        if isinstance(value, str):
            value = value.strip() or None
        if value is None:
            if name in required:
                errors.append(FieldError(name, "This is needed for the move."))
        elif fault := _fault(FIELDS[name], value, choices):
            errors.append(FieldError(name, fault))
        else:
            taken[name] = value
    if errors:
        raise Invalid("The move cannot be made as it is.", errors=tuple(errors))
    return taken


def _fault(kind: FieldKind, value: object, choices: Collection[str] | None) -> str | None:
    if kind is FieldKind.PHOTOS:
        photos = value if isinstance(value, list | tuple) else ()
        fine = photos and all(isinstance(photo, str) for photo in photos)
        return None if fine else "Give the identifiers of one photo or more."
    if not isinstance(value, str):
        return "Text is needed here."
    if len(value) > TEXT_LIMIT:
        return "At most 2000 characters are taken here."
    if kind is FieldKind.CHOICE and choices is not None and value not in choices:
        return "Choose one of the options offered."
    return None
