"""Where do phones learn to trust this server: which authority, at which addresses?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import urlsplit

from flask import current_app

from wanmi.platform.kernel.local_authority import authority_der, server_files
from wanmi.web.wiring.secrets_file import secrets_folder

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from wanmi.platform.kernel.settings import Settings

EXTENSION = "wanmi-pairing"
FOLDER = "tls"


@dataclass(frozen=True, slots=True)
class Pairing:
    """What phones need: the authority's certificate, the address to open, and the page's own.

    `authority` is None when this server's HTTPS is none of ours (`wanmi up --lan`).
    """

    authority: bytes | None
    address: str
    page: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return it as it is now: the authority may have been renewed."""
        folder = tls_folder(settings)
        ours = settings.tls_cert == server_files(folder).certificate
        host = urlsplit(settings.address).hostname or settings.host
        return cls(
            authority=authority_der(folder) if ours else None,
            address=settings.address,
            page=f"http://{host}:{settings.pair_port}/pair",
        )


def tls_folder(settings: Settings) -> Path:
    """Return where certificates and keys of our own are kept."""
    return secrets_folder(settings.home) / FOLDER


def install(app: Flask, settings: Settings) -> None:
    """Let the pairing page of `app` know the settings."""
    app.extensions[EXTENSION] = settings


def pairing() -> Pairing:
    """Return what the phone of this request needs."""
    return Pairing.of(cast("Settings", current_app.extensions[EXTENSION]))
