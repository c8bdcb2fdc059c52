"""What can be set from outside, and what is it set to?

Every setting is one row of `SETTINGS`: its variable, its sentence, its unit, default and bound.
`docs/settings.md` is made from the same rows. `Settings.from_environ` reads them once; a wrong
environment is reported with all its faults at once.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wanmi.platform.kernel.city import City, load_city
from wanmi.platform.kernel.errors import FieldError, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOCALES = ("zh_CN", "en")
_ONE_RATE = r"[1-9][0-9]{0,6} per (second|minute|hour|day)"
RATE = re.compile(rf"{_ONE_RATE}( *; *{_ONE_RATE})*")


def _text(value: str) -> str:
    return value


def _path(value: str) -> Path:
    return Path(value).expanduser().absolute()


def _locale(value: str) -> str:
    if value not in LOCALES:
        raise ValueError(f"must be one of {', '.join(LOCALES)}")
    return value


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return number

    return parse


def _rate(value: str) -> str:
    if not RATE.fullmatch(value):
        raise ValueError("must be such as 30 per minute, or several of these with ; between")
    return value


def _address(*schemes: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if urlsplit(value).scheme not in schemes:
            raise ValueError(f"must be an address that starts with {' or '.join(schemes)}://")
        return value.rstrip("/")

    return parse


def _datum(value: str) -> str:
    if value not in {"wgs84", "cgcs2000"}:
        raise ValueError("must be cgcs2000 or wgs84; others would lie some 500 m off")
    return value


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: the variable, the field of `Settings`, how it is read, its default and its meaning.

    `default` is what holds when the variable is not set; `shown` says it in words where the value
    depends on the machine.
    """

    variable: str
    field: str
    parse: Callable[[str], Any]
    default: str | None
    meaning: str
    shown: str = ""


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "WANMI_HOME",
        "home",
        _path,
        None,
        "State folder: the embedded cluster, photos, logs, secrets, the saved grid index.",
        "`/var/lib/wanmi` for root, else `$XDG_DATA_HOME/wanmi` (`~/.local/share/wanmi`)",
    ),
    Setting(
        "WANMI_USER",
        "service_user",
        _text,
        "postgres",
        "The unprivileged system user that everything runs as when Wanmi is started by root.",
    ),
    Setting(
        "WANMI_DATABASE_URL",
        "database_url",
        _address("postgresql", "postgres", "postgresql+psycopg2"),
        None,
        "Use this PostGIS (PostgreSQL 13 or later, PostGIS 3) instead of the embedded one.",
    ),
    Setting("WANMI_HOST", "host", _text, "127.0.0.1", "Address on which to serve."),
    Setting("WANMI_PORT", "port", _whole(1, 65535), "8000", "Port on which to serve."),
    Setting(
        "WANMI_PUBLIC_URL",
        "public_url",
        _address("http", "https"),
        None,
        "How people reach this server, when that differs from host and port.",
    ),
    Setting(
        "WANMI_TLS_CERT",
        "tls_cert",
        _path,
        None,
        "Certificate (PEM, with its chain) to serve HTTPS with; WANMI_USER reads it.",
        "unset; `wanmi up --lan` makes its own",
    ),
    Setting("WANMI_TLS_KEY", "tls_key", _path, None, "Private key (PEM) of the certificate."),
    Setting(
        "WANMI_PAIR_PORT",
        "pair_port",
        _whole(1, 65535),
        "8001",
        "Port on which `wanmi up --lan` shows phones, over plain HTTP, how to trust its HTTPS.",
    ),
    Setting(
        "WANMI_TRUSTED_PROXIES",
        "trusted_proxies",
        _whole(0, 8),
        "0",
        "How many reverse proxies stand in front and set X-Forwarded-For, -Proto and -Host.",
    ),
    Setting(
        "WANMI_PUBLIC_LIMIT",
        "public_limit",
        _rate,
        "30 per minute; 300 per day",
        "How much citizens without an account may send from one address, in each server process.",
    ),
    Setting(
        "WANMI_PUBLIC_PHOTO_HOURS",
        "public_photo_hours",
        _whole(1, 24 * 30),
        "24",
        "After so many hours a citizen's photo that no report has claimed is removed.",
    ),
    Setting("WANMI_LOCALE", "locale", _locale, "zh_CN", "Default language: zh_CN or en."),
    Setting(
        "WANMI_CITY",
        "city_file",
        _path,
        None,
        "File with the city's code, time zone, metric plane and tolerances (JSON).",
        "the city that comes with Wanmi (安康)",
    ),
    Setting("WANMI_WORKERS", "workers", _whole(1, 64), "2", "Server processes."),
    Setting(
        "WANMI_THREADS",
        "threads",
        _whole(4, 512),
        "80",
        "Threads in each server process; every open event stream holds one.",
    ),
    Setting(
        "WANMI_EVENT_STREAMS",
        "event_streams",
        _whole(0, 500),
        "60",
        "Open event streams in each server process; more are answered 503 and poll.",
    ),
    Setting(
        "WANMI_PHOTO_BYTES",
        "photo_bytes",
        _whole(100_000, 100_000_000),
        "15000000",
        "Largest photo that is taken, in bytes.",
    ),
    Setting(
        "WANMI_TILE_URL",
        "tile_url",
        _address("http", "https"),
        None,
        "Outside base map under ours ({z} {x} {y} in the address); none by default.",
    ),
    Setting(
        "WANMI_TILE_DATUM",
        "tile_datum",
        _datum,
        "cgcs2000",
        "Datum of that base map: cgcs2000 (Tianditu) or wgs84 (OpenStreetMap).",
    ),
    Setting(
        "WANMI_TILE_CREDIT",
        "tile_credit",
        _text,
        None,
        "Whose that base map is; stands on the map.",
        "the host of its address",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of one process, read once. Field by field as in `SETTINGS`."""

    home: Path
    service_user: str
    database_url: str | None
    host: str
    port: int
    public_url: str | None
    tls_cert: Path | None
    tls_key: Path | None
    pair_port: int
    trusted_proxies: int
    public_limit: str
    public_photo_hours: int
    locale: str
    city_file: Path | None
    workers: int
    threads: int
    event_streams: int
    photo_bytes: int
    tile_url: str | None
    tile_datum: str
    tile_credit: str | None
    city: City

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings.

        Raises:
            SettingsInvalid: one or more values are wrong, or a WANMI_ variable is not known; the
                faults are all named.
        """
        faults: list[FieldError] = []
        values: dict[str, Any] = {}
        for row in SETTINGS:
            given = environ.get(row.variable) or row.default
            if row.field == "home" and not given:
                given = str(default_home(environ))
            try:
                values[row.field] = row.parse(given) if given else None
            except ValueError as error:
                faults.append(FieldError(row.variable, str(error)))
        faults += _unknown(environ)
        if values.get("tls_cert") and not values.get("tls_key"):
            faults.append(FieldError("WANMI_TLS_KEY", "is needed beside WANMI_TLS_CERT"))
        if values.get("tls_key") and not values.get("tls_cert"):
            faults.append(FieldError("WANMI_TLS_CERT", "is needed beside WANMI_TLS_KEY"))
        try:
            values["city"] = load_city(values.get("city_file"))
        except SettingsInvalid as error:
            faults.append(FieldError("WANMI_CITY", error.message))
            faults.extend(error.errors)
        if faults:
            raise SettingsInvalid("The settings are wrong.", errors=tuple(faults))
        return cls(**values)

    @property
    def address(self) -> str:
        """Where a browser on this machine opens Wanmi."""
        if self.public_url:
            return self.public_url
        scheme = "https" if self.tls_cert else "http"
        return f"{scheme}://{self.host}:{self.port}"


LAUNCHER_VARIABLES = {
    "WANMI_SETUP": "`server` leaves development tools, Chromium and the font out of the set-up.",
    "WANMI_PYTHON": "The Python (3.11 to 3.13) that the launcher makes the environment with.",
}
"""Read by the launcher `./wanmi` alone."""


def _unknown(environ: Mapping[str, str]) -> list[FieldError]:
    known = {row.variable for row in SETTINGS} | set(LAUNCHER_VARIABLES)
    return [
        FieldError(name, "is not a setting of Wanmi; see docs/settings.md")
        for name in sorted(environ)
        if name.startswith("WANMI_") and name not in known
    ]


def default_home(environ: Mapping[str, str]) -> Path:
    """Return the state folder that holds when WANMI_HOME is not set."""
    if os.geteuid() == 0:
        return Path("/var/lib/wanmi")
    data_home = environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data_home).expanduser() / "wanmi"
