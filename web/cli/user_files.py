"""How does a command that root has started write into the caller's folders, and into no other?

The work is done as the service user, in a folder of its own; what came of it is carried over by
the caller, whole or not at all.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wanmi.gis.errors import FileUnreadable
from wanmi.platform.kernel.service_user import find_service_user, own_folder, prepare_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wanmi.platform.kernel.settings import Settings


@contextmanager
def staged(settings: Settings, target: Path) -> Iterator[Path]:
    """Give a path of the same name to write to; all that lies there then goes to `target`'s folder.

    Nothing is carried over when the block fails: what was there before stays as it was.

    Raises:
        FileUnreadable: the folder is not there, or may not be written to.
    """
    folder = target.absolute().parent
    if not folder.is_dir():
        raise FileUnreadable(f"{target} cannot be written: there is no folder {folder}.")
    if target.is_dir():
        raise FileUnreadable(f"{target} is a folder; give a file's name.")
    user = find_service_user(settings.service_user)
    with _trouble(target):
        if user.switch:
            prepare_home(settings.home, user)
            stage = Path(tempfile.mkdtemp(dir=own_folder(settings.home / "tmp", user)))
            os.chown(stage, user.uid, user.gid)
        else:
            stage = Path(tempfile.mkdtemp(dir=folder, prefix=".wanmi-"))
    try:
        yield stage / target.name
        with _trouble(target):
            for part in sorted(stage.iterdir()):
                _carry(part, folder / part.name)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def _trouble(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileUnreadable(f"{target} cannot be written: {error.strerror}.") from error


def _carry(part: Path, target: Path) -> None:
    # Never through a link: the folder is not root's, and root would read whatever it points to.
    source = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with os.fdopen(source, "rb") as given, fresh.open("xb") as out:
            shutil.copyfileobj(given, out, 1 << 20)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
