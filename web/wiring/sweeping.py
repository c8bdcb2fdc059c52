"""When are the photos removed that citizens have sent and no report has claimed?

A thread of each server process looks every hour. Two at once do no harm: rows that one has taken
the other skips.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from wanmi.platform.casework.evidence_sweep import drop_files, forget_unclaimed

if TYPE_CHECKING:
    from wanmi.web.wiring.services import Services

log = logging.getLogger(__name__)
PAUSE_SECONDS = 3600


def sweep_by_itself(services: Services) -> threading.Thread:
    """Sweep now and then every hour, as long as the process lives."""
    thread = threading.Thread(target=_run, args=(services,), name="sweeping", daemon=True)
    thread.start()
    return thread


def sweep(services: Services) -> int:
    """Remove the photos that have waited too long, rows first; return how many rows they were."""
    older_than = services.clock() - timedelta(hours=services.settings.public_photo_hours)
    with services.engine.begin() as connection:
        contents = forget_unclaimed(connection, older_than)
    with services.single.connect() as connection:
        drop_files(connection, services.pictures, contents, older_than)
    return len(contents)


def _run(services: Services) -> None:
    while True:
        try:
            if sweep(services):
                continue
        except Exception:
            log.exception("citizens' photos could not be swept")
        time.sleep(PAUSE_SECONDS)
