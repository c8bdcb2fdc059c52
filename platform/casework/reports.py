"""What is a report, and are two reports the same one?"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wanmi.platform.kernel.moments import require_aware

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from wanmi.gis.points import RawPoint


LONGEST_DESCRIPTION = 2000
MOST_PHOTOS = 9
"""What one report may carry."""


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody saw, as parsed: where (with the datum it was said in), what, when.

    `id` was made by the sender. `observed_at` and `sent_at` carry their zones.
    """

    id: UUID
    class_code: str
    description: str
    location: RawPoint
    observed_at: datetime
    source: str
    accuracy_m: float | None = None
    sent_at: datetime | None = None
    component_id: str | None = None
    condition: str | None = None
    edition: str | None = None
    photos: tuple[UUID, ...] = ()
    answers: Mapping[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse moments without a zone."""
        require_aware(self.observed_at)
        if self.sent_at is not None:
            require_aware(self.sent_at)

    def content_hash(self) -> str:
        """Return a digest of what is reported: equal for equal parsed values.

        `sent_at` is left out: a retry may carry a new one.
        """
        parts = [
            self.class_code,
            self.description,
            repr(self.location.lon),
            repr(self.location.lat),
            self.location.datum.value,
            None if self.accuracy_m is None else repr(float(self.accuracy_m)),
            self.observed_at.astimezone(UTC).isoformat(),
            self.source,
            self.component_id,
            self.condition,
            self.edition,
            [str(photo) for photo in self.photos],
            dict(sorted(self.answers.items())),
        ]
        said = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
