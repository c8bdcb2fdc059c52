"""As whom does Wanmi run, and may that user use the state folder?

Started by root, everything that listens, stores or decodes runs as one unprivileged user;
PostgreSQL refuses root in any case. Started by anyone else, Wanmi simply runs as that person.
"""

from __future__ import annotations

import contextlib
import os
import pwd
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCESS = {"-r": os.R_OK, "-w": os.W_OK, "-x": os.X_OK}


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """The system user that Wanmi runs as.

    Attributes:
        switch: whether this process is root and has to become that user.
    """

    name: str
    uid: int
    gid: int
    switch: bool

    def child(self) -> dict[str, object]:
        """Keyword arguments for `subprocess` that run a child as this user."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def become(self) -> None:
        """Drop from root to this user for good. Nothing happens when that is not needed."""
        if not self.switch or os.geteuid() != 0:
            return
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)
        os.environ["HOME"] = "/"
        os.chdir("/")

    @contextlib.contextmanager
    def acting(self) -> Iterator[None]:
        """Work as this user while the block runs, and be root again after it.

        For commands that root starts on files of its own: what they write into the state folder
        belongs to the service user. It is no wall against hostile input, because root can be taken
        back: pictures are decoded by a child that has given it up.
        """
        if not self.switch or os.geteuid() != 0:
            yield
            return
        groups, group, home = os.getgroups(), os.getegid(), os.environ.get("HOME")
        os.setgroups([])
        os.setegid(self.gid)
        os.seteuid(self.uid)
        os.environ["HOME"] = "/"
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(group)
            os.setgroups(groups)
            if home is None:
                del os.environ["HOME"]
            else:
                os.environ["HOME"] = home

    def may(self, flag: str, path: Path) -> bool:
        """Say whether this user passes `test FLAG PATH` (-x, -r, -w)."""
        with self.acting():
            return os.access(path, ACCESS[flag], effective_ids=True)


def find_service_user(name: str) -> ServiceUser:
    """Return the user that this process runs as, or has to become when it is root's.

    Raises:
        SettingsInvalid: the user named in WANMI_USER does not exist, or is root again.
    """
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid())
        return ServiceUser(me.pw_name, me.pw_uid, me.pw_gid, switch=False)
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise SettingsInvalid(
            f"There is no system user {name!r}; make one (useradd --system {name}) or name another "
            "in WANMI_USER.",
        ) from None
    if entry.pw_uid == 0:
        raise SettingsInvalid("WANMI_USER must be an unprivileged user, not root.")
    return ServiceUser(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def prepare_home(home: Path, user: ServiceUser) -> None:
    """Make the state folder, or make sure that it can be used.

    An empty folder is given to the service user. Nothing is made when the user could not enter.

    Raises:
        SettingsInvalid: a parent folder cannot be entered, or the folder belongs to another.
    """
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    for folder in reversed((existing, *existing.parents)):
        if folder != home and not user.may("-x", folder):
            raise SettingsInvalid(
                f"The user {user.name} cannot enter {folder}, so {home} cannot hold Wanmi: "
                "set WANMI_HOME to a folder under /var/lib or /srv.",
            )
    if home.exists() and not home.is_dir():
        raise SettingsInvalid(f"{home} is a file; WANMI_HOME must be a folder.")
    try:
        home.mkdir(mode=0o750, parents=True, exist_ok=True)
        if user.switch and not any(home.iterdir()):
            os.chown(home, user.uid, user.gid)
            home.chmod(0o750)
    except PermissionError as error:
        raise SettingsInvalid(
            f"{home} cannot be made or read by {user.name} ({error.strerror}); "
            "set WANMI_HOME to a folder of your own.",
        ) from error
    if not (user.may("-w", home) and user.may("-x", home)):
        raise SettingsInvalid(
            f"{home} is not empty and belongs to another user than {user.name}; give it to "
            f"{user.name} (chown -R {user.name} {home}) or set WANMI_HOME to another folder.",
        )


def own_folder(folder: Path, user: ServiceUser) -> Path:
    """Make a folder below the state folder that belongs to the service user; return it."""
    if not folder.is_dir():
        folder.mkdir(mode=0o750)
        if user.switch and os.geteuid() == 0:
            os.chown(folder, user.uid, user.gid)
    return folder
