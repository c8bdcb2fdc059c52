"""The child that reads one photo as the service user: bytes in, one line of JSON out.

Started by `wanmi.platform.casework.picture_intake` and by nobody else:
`python -m wanmi.platform.casework.picture_child FOLDER RESERVE_BYTES MAX_BYTES < photo`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from wanmi.platform.casework.picture_intake import PROBLEMS, take_in, to_answer
from wanmi.platform.casework.picture_store import PictureStore
from wanmi.platform.kernel.service_user import find_service_user

LIMITS = {
    resource.RLIMIT_AS: 3_000_000_000,
    resource.RLIMIT_CPU: 30,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NPROC: 0,
}
"""Memory in bytes, time in seconds; no core dump with somebody's photo, no further processes."""


def main() -> int:
    """Take the photo on standard input in; return the exit status."""
    if os.geteuid() == 0:
        sys.stderr.write("photos are never decoded by root\n")
        return 1
    for limit, most in LIMITS.items():
        resource.setrlimit(limit, (most, most))
    folder, reserve, max_bytes = sys.argv[1:]
    try:
        outcome = take_in(
            sys.stdin.buffer.read(),
            PictureStore(Path(folder), int(reserve)),
            user=find_service_user(""),
            max_bytes=int(max_bytes),
        )
    except tuple(PROBLEMS.values()) as error:
        json.dump(to_answer(error), sys.stdout)
    else:
        json.dump(to_answer(outcome), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
