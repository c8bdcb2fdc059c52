"""The command centre names in its head what it will ask for, and exactly that."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

from wanmi.web.pages.preloads import modules

if TYPE_CHECKING:
    from support.small_town import SmallTown


def test_every_module_is_named_once_and_served(town: SmallTown) -> None:
    named = modules("js/command/main.js")
    assert named[0] == "/static/js/command/main.js"
    assert "/static/js/sse.js" in named  # three levels down
    assert len(set(named)) == len(named)
    client = town.app.test_client()
    for address in named:
        answer = client.get(address)
        assert answer.status_code == 200, address
        for name in re.findall(r'from "\./([a-z]+\.js)"', answer.text):
            assert any(other.endswith(f"/{name}") for other in named), name
        answer.close()


def test_the_page_preloads_what_its_map_loads(town: SmallTown) -> None:
    town.inspector.reports()
    with town.app.test_client() as client:
        page = client.get("/command?class_code=06", headers=town.commander.headers).text
    asked = re.findall(r'<link rel="preload" as="fetch" href="([^"]+)"', page)
    assert len(asked) == 5, "figures, ground, cases, and the density with its shapes"
    body = page.split("</head>", 1)[1]
    for address in asked:
        assert address in body.replace("\\u0026", "&amp;") or address in body, address


def test_a_packed_file_is_the_whole_file(town: SmallTown) -> None:
    client = town.app.test_client()
    address = "/static/js/command/main.js"
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    part = client.get(address, headers={"Accept-Encoding": "gzip", "Range": "bytes=0-99"})
    packed = [client.get(address, headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    assert packed[0].data == packed[1].data
    assert part.data != packed[0].data
    assert gzip.decompress(packed[1].data) == plain.data
    for answer in (plain, part, *packed):
        answer.close()
