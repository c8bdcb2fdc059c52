"""As whom does Wanmi run, and may that user use the state folder?

Started by root, everything that listens, stores or decodes runs as one unprivileged user;
PostgreSQL refuses root in any case. Started by anyone else, Wanmi simply runs as that person.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import SettingsInvalid

if TYPE_CHECKING:
    from pathlib import Path

TEST = "/usr/bin/test"


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

    def may(self, flag: str, path: Path) -> bool:
        """Say whether this user passes `test FLAG PATH` (-x, -r, -w)."""
        done = subprocess.run(  # noqa: S603 - our own fixed program
            [TEST, flag, str(path)],
            check=False,
            cwd="/",
            **self.child(),  # type: ignore[call-overload]
        )
        return bool(done.returncode == 0)


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
