"""A fresh server process has read what nearly every request needs before anybody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import Unavailable
from wanmi.platform.kernel.settings import Settings
from wanmi.web.wiring.services import Services
from wanmi.web.wiring.warming import warm_up

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from support.small_town import SmallTown


def test_the_first_question_finds_the_ground_read(
    town: SmallTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = Services.open(town.services.settings, town.url, clock=town.clock)
    warm_up(fresh).join(30)

    def away(_: object) -> None:
        raise Unavailable("The database does not answer.")

    for kept in (fresh.office.ground, fresh.office.calendars):
        monkeypatch.setattr(kept, "_read", away)
    assert fresh.office.ground.current().index is not None
    assert fresh.office.calendar is not None
    fresh.close()


def test_without_a_database_the_process_still_starts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings.from_environ({"WANMI_HOME": str(tmp_path)})
    nowhere = Services.open(settings, "postgresql://nobody@127.0.0.1:1/none")
    warm_up(nowhere).join(30)
    assert "could be read beforehand" in caplog.text
