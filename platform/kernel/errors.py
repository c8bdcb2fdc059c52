"""What can go wrong in the platform, by meaning.

WanmiError                  key: a stable name for the problem; sentence: what to do about it
├── NotFound                there is no such thing, or it may not be seen
├── Invalid                 input that cannot be taken; carries `errors` by field
├── NotAllowed              known person, but not for them
├── NotSignedIn             nobody is signed in, or the token has ended
├── Conflict                the thing has changed meanwhile, or the key is taken
├── TooLarge                more than is taken at once
├── TooMany                 too often in too short a time
├── Unavailable             the database or a store cannot be reached just now; try again
└── SettingsInvalid         the environment is wrong; carries every fault at once

Web turns each into a status and a problem document in one table (`wanmi.web.wiring.problems`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. `field` is dotted: `location.datum`."""

    field: str
    message: str


class WanmiError(Exception):
    """The base of every error that the platform raises on purpose.

    Attributes:
        message: an English sentence that says what to do; web translates it.
        errors: the fields that are at fault, if any.
    """

    def __init__(self, message: str, *, errors: tuple[FieldError, ...] = ()) -> None:
        """Keep the sentence and the fields."""
        super().__init__(message)
        self.message = message
        self.errors = errors


class NotFound(WanmiError):
    """There is no such thing, or this person may not see it."""


class Invalid(WanmiError):
    """Input that cannot be taken."""


class NotAllowed(WanmiError):
    """The person is known, but this is not for them."""


class NotSignedIn(WanmiError):
    """Nobody is signed in, or the token has ended."""


class Conflict(WanmiError):
    """The thing has changed meanwhile, or the key belongs to another."""


class TooLarge(WanmiError):
    """More than is taken at once."""


class TooMany(WanmiError):
    """Too often in too short a time."""


class Unavailable(WanmiError):
    """The database or a store cannot be reached just now; the client may repeat."""


class SettingsInvalid(WanmiError):
    """The environment or a data file is wrong."""
