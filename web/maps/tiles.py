"""May this tile address be laid under our map?

Tiles are optional: without them a map shows our own streets and river. They must be in the datum
in which everything is drawn; tiles in GCJ-02 or BD-09 would put every report some 500 m beside its
place. Shifting a picture by one vector is wrong again some kilometres on, so they are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from wanmi.gis.points import Datum
from wanmi.platform.kernel.errors import SettingsInvalid

DRAWN_DATUMS = (Datum.CGCS2000, Datum.WGS84)


@dataclass(frozen=True, slots=True)
class TileAddress:
    """Where tiles come from: a template with {z}, {x} and {y}, their datum, and whose they are.

    Raises:
        SettingsInvalid: the template cannot be one, or the datum is not CGCS2000 or WGS 84.
    """

    template: str
    datum: Datum
    attribution: str
    subdomains: str = "abc"
    max_zoom: int = 18

    def __post_init__(self) -> None:
        """Refuse what could not be shown in the right place."""
        parts = urlsplit(self.template)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise SettingsInvalid("A tile address begins with http:// or https:// and a host.")
        missing = [name for name in ("{z}", "{x}", "{y}") if name not in self.template]
        if missing:
            raise SettingsInvalid(f"The tile address lacks {', '.join(missing)}.")
        if self.datum not in DRAWN_DATUMS:
            raise SettingsInvalid(
                f"Tiles in {self.datum} lie about 500 m off and are not used; "
                "set an address in cgcs2000 (Tianditu) or wgs84 (OpenStreetMap).",
            )
