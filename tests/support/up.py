"""A real `wanmi up` in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WANMI = str(Path(sys.executable).parent / "wanmi")
START_SECONDS = 120


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Up:
    """A running `wanmi up` on a state folder of its own."""

    def __init__(self, home: Path) -> None:
        """Take the state folder; nothing runs yet."""
        self.home = home
        self.port = free_port()
        self.environment = {**os.environ, "WANMI_HOME": str(home), "WANMI_PORT": str(self.port)}
        self.authority: Path | None = None
        self.process: subprocess.Popen[str] | None = None

    def start(self, *words: str) -> None:
        """Run `wanmi up --no-demo`, or other `words`, until it answers."""
        self.process = subprocess.Popen(
            [WANMI, *(words or ("up", "--no-demo"))],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"up ended: {self.process.communicate()[0]}")
            if self.health().get("status") == "ok":
                return
            time.sleep(0.1)
        self.stop(signal.SIGKILL)
        pytest.fail("up did not answer in time")

    def trust(self) -> ssl.SSLContext | None:
        """What a paired phone trusts; None while there is no authority: plain HTTP then."""
        path = self.authority
        return ssl.create_default_context(cafile=path) if path and path.exists() else None

    def health(self) -> dict[str, object]:
        """What it says of itself; nothing when it does not answer."""
        try:
            context = self.trust()
            scheme = "https" if context else "http"
            with urllib.request.urlopen(  # noqa: S310 - our own server
                f"{scheme}://127.0.0.1:{self.port}/healthz", timeout=5, context=context
            ) as answer:
                return dict(json.load(answer))
        except (urllib.error.URLError, OSError):
            return {}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command on the same state folder."""
        return subprocess.run(
            [WANMI, *words], env=self.environment, capture_output=True, text=True, check=False
        )

    def stop(self, how: signal.Signals) -> int:
        """Send a signal and wait for the end; return the status."""
        assert self.process is not None
        self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        if self.process.stdout:
            self.process.stdout.close()
        return status
