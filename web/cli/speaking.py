"""In which language does a command name units and rules? The one of WANMI_LOCALE."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

from flask import Flask

from wanmi.web.wiring import language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wanmi.platform.kernel.settings import Settings


@contextmanager
def speaking(settings: Settings) -> Iterator[None]:
    """Let presenters speak as they do in a request, without a server."""
    root = str(files("wanmi.web"))
    app = Flask("wanmi.web", root_path=root, instance_path=str(settings.home))
    language.install(app, settings.locale, str(settings.city.time_zone))
    with app.app_context():
        yield
