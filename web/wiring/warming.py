"""What does a server process get ready before anybody asks?

The layers of the ground, the grid index and the counters take a second or two to read; without
this the first inspector of the day would wait for them.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import WanmiError

if TYPE_CHECKING:
    from wanmi.web.wiring.services import Services

log = logging.getLogger(__name__)


def warm_up(services: Services) -> threading.Thread:
    """Read in a thread of its own what nearly every request needs."""
    thread = threading.Thread(target=_read, args=(services,), name="warming", daemon=True)
    thread.start()
    return thread


def _read(services: Services) -> None:
    office = services.office
    try:
        office.ground.current()
        office.calendars.current()
        with services.single.connect() as connection:
            services.tally.by(connection, "cell_code", {})
    except WanmiError as error:
        # Who asks first will hear the reason.
        log.info("not everything could be read beforehand: %s", error)
    except Exception:
        log.exception("not everything could be read beforehand")
