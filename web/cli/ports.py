"""Can we listen on this port?"""

from __future__ import annotations

import socket

from wanmi.platform.kernel.errors import SettingsInvalid


def need_port(host: str, port: int, setting: str) -> None:
    """Return when the port can be had.

    Args:
        host: the address to listen on.
        port: the port.
        setting: with what another one can be chosen.

    Raises:
        SettingsInvalid: somebody listens there, or we may not.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsInvalid(
                f"Port {port} on {host} cannot be had ({error.strerror}); "
                f"choose another with {setting}.",
            ) from error


def listening_at(host: str, port: int) -> str:
    """Return address and port as gunicorn takes them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
