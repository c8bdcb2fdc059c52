"""Root and the service user: who may what, and who one is meanwhile."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from wanmi.platform.kernel.service_user import find_service_user

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


def test_a_command_of_roots_acts_as_the_service_user_and_comes_back(home: Path) -> None:
    user = find_service_user("postgres")
    before = (os.geteuid(), os.getegid(), os.getgroups(), os.environ.get("HOME"))

    def work() -> None:
        with user.acting():
            (home / "file").write_text("x")
            assert (os.geteuid(), os.getgroups(), os.environ["HOME"]) == (user.uid, [], "/")
            with find_service_user("whoever").acting():
                assert os.geteuid() == user.uid
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert (home / "file").stat().st_uid == user.uid
    assert (os.geteuid(), os.getegid(), os.getgroups(), os.environ.get("HOME")) == before


def test_what_the_service_user_may_is_asked_as_that_user(tmp_path: Path) -> None:
    user = find_service_user("postgres")
    tmp_path.chmod(0o700)
    assert not user.may("-x", tmp_path)
    assert user.may("-x", tmp_path.parents[-1])
    assert not user.may("-w", tmp_path.parents[-1])
