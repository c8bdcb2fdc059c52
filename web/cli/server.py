"""How is the application served: gunicorn, its workers, threads and limits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from wanmi.web.cli.lan import renew_by_itself
from wanmi.web.cli.ports import listening_at
from wanmi.web.pages import pairing as pairing_page
from wanmi.web.resources import BLUEPRINTS
from wanmi.web.wiring.app import create_app, create_pairing_app
from wanmi.web.wiring.services import Services
from wanmi.web.wiring.sweeping import sweep_by_itself
from wanmi.web.wiring.warming import warm_up

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

    from flask import Flask
    from flask_openapi3 import OpenAPI

    from wanmi.platform.kernel.settings import Settings

SHARED_MEMORY = "/dev/shm"  # noqa: S108 - gunicorn's heartbeat file; on a disk it may block a worker


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our settings; each worker makes its own application."""

    def __init__(self, settings: Settings, url: str) -> None:
        """Take what the workers need; nothing is opened before they are there."""
        self._settings = settings
        self._url = url
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn its settings, row by row."""
        settings = self._settings
        rows: dict[str, Any] = {
            "bind": listening_at(settings.host, settings.port),
            "workers": settings.workers,
            "worker_class": "gthread",
            "threads": settings.threads,
            "timeout": 60,
            "graceful_timeout": 5,
            "keepalive": 15,
            "worker_tmp_dir": SHARED_MEMORY if Path(SHARED_MEMORY).is_dir() else None,
            "loglevel": "warning",
            "control_socket_disable": True,
            "limit_request_line": 8190,
            "certfile": str(settings.tls_cert) if settings.tls_cert else None,
            "keyfile": str(settings.tls_key) if settings.tls_key else None,
        }
        for name, value in rows.items():
            self.cfg.set(name, value)

    def load(self) -> OpenAPI:
        """Make the application, in each worker."""
        renew_by_itself(self._settings)
        services = Services.open(self._settings, self._url)
        warm_up(services)
        sweep_by_itself(services)
        return create_app(self._settings, self._url, BLUEPRINTS, services)


class PairingServer(BaseApplication):  # type: ignore[misc]
    """The plain HTTP server of the pairing page: one worker, a few threads."""

    def __init__(self, settings: Settings, ready: Event) -> None:
        """Take the settings, and what to set when the page can be had; it needs no database."""
        self._settings = settings
        self._ready = ready
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn its settings, row by row."""
        rows: dict[str, Any] = {
            "bind": listening_at(self._settings.host, self._settings.pair_port),
            "workers": 1,
            "worker_class": "gthread",
            "threads": 4,
            "graceful_timeout": 1,
            "worker_tmp_dir": SHARED_MEMORY if Path(SHARED_MEMORY).is_dir() else None,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in rows.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, in its worker."""
        app = create_pairing_app(self._settings, pairing_page.blueprint)
        self._ready.set()
        return app
