"""Under which addresses and names is this machine reached on its local network?"""

from __future__ import annotations

import contextlib
import fcntl
import socket
import struct
from ipaddress import IPv4Address

SIOCGIFADDR = 0x8915
"""Linux: ask an interface for its address (netdevice(7))."""

NAME_BYTES = 256
ADDRESS = slice(20, 24)
ELSEWHERE = ("203.0.113.1", 9)
"""An address of nobody (RFC 5737); the route to it leads over the usual interface."""


def lan_addresses() -> tuple[IPv4Address, ...]:
    """Return the machine's IPv4 addresses without loopback, the one of the usual route first."""
    found = {address for _, name in socket.if_nameindex() if (address := _address_of(name))}
    usual = _usual()
    return tuple(sorted(found, key=lambda address: (address != usual, address)))


def host_names() -> tuple[str, ...]:
    """Return the names that this machine may answer to on a local network."""
    name = socket.gethostname().lower()
    short = name.split(".")[0]
    return tuple(dict.fromkeys((name, short, f"{short}.local", "localhost")))


def _address_of(interface: str) -> IPv4Address | None:
    asked = struct.pack("256s", interface.encode()[: NAME_BYTES - 1])
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe,
        contextlib.suppress(OSError),  # an interface without an address
    ):
        address = IPv4Address(fcntl.ioctl(probe.fileno(), SIOCGIFADDR, asked)[ADDRESS])
        return None if address.is_loopback else address
    return None


def _usual() -> IPv4Address | None:
    """Return the address that packets to the outside would carry; none is sent."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe,
        contextlib.suppress(OSError),  # a network without a way out
    ):
        probe.connect(ELSEWHERE)
        return IPv4Address(probe.getsockname()[0])
    return None
