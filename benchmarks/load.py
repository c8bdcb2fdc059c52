"""A bounded load on one address of this machine: so many connections, so many seconds.

Written on plain sockets: the client shares the cores with the server and must cost little.
"""

from __future__ import annotations

import multiprocessing
import socket
import statistics
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Result:
    """What a load has met: requests a second, milliseconds at the median and the 99th per cent."""

    rate: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]


def request(path: str, body: bytes, token: str = "") -> bytes:
    """Return a POST as bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
    )
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    return head.encode() + b"\r\n" + body


def run(
    port: int,
    make: Callable[[int], Iterator[bytes]],
    *,
    connections: int,
    seconds: float,
) -> Result:
    """Send requests until the time is over. `make(n)` gives the requests of connection `n`."""
    queue: multiprocessing.Queue[tuple[list[float], dict[int, int]]] = multiprocessing.Queue()
    process = multiprocessing.Process(
        target=_client, args=(port, make, connections, seconds, queue)
    )
    process.start()
    times, statuses = queue.get(timeout=seconds + 120)
    process.join()
    times.sort()
    return Result(
        rate=len(times) / seconds,
        p50_ms=1000 * statistics.median(times),
        p99_ms=1000 * times[min(len(times) - 1, int(len(times) * 0.99))],
        statuses=statuses,
    )


def _client(
    port: int,
    make: Callable[[int], Iterator[bytes]],
    connections: int,
    seconds: float,
    queue: multiprocessing.Queue[tuple[list[float], dict[int, int]]],
) -> None:
    times: list[float] = []
    statuses: dict[int, int] = {}
    end = time.perf_counter() + seconds

    def talk(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reader = wire.makefile("rb")
            for said in make(number):
                start = time.perf_counter()
                if start >= end:
                    return
                wire.sendall(said)
                status = _answer(reader)
                times.append(time.perf_counter() - start)
                statuses[status] = statuses.get(status, 0) + 1

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put((times, statuses))


def _answer(reader: object) -> int:
    line = reader.readline()  # type: ignore[attr-defined]
    status = int(line.split()[1])
    length = 0
    while (line := reader.readline().strip()) != b"":  # type: ignore[attr-defined]
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    reader.read(length)  # type: ignore[attr-defined]
    return status
