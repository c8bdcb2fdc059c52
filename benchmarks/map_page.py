"""How heavy and how slow is the command map, beside folium's own markers and choropleth?

`python -m benchmarks.map_page [--cells 12000] [--issues 10000] [--rounds 3]`

Both sides run in one process, in turn; the ratio is the median of the paired ratios. Bytes are
counted as a browser gets them, compressed with gzip. The last part needs Chromium and the tests'
support (`PYTHONPATH=.links:tests`).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import time
from typing import TYPE_CHECKING, Any

import folium
import geopandas
import numpy as np
import pandas as pd

from benchmarks.city import make_city, make_points
from wanmi.gis.points import Bounds
from wanmi.web.maps.base import WanmiMap
from wanmi.web.maps.edges import encode, ordered_counts
from wanmi.web.maps.layers import (
    CellsLayer,
    Colouring,
    IssueField,
    IssuesLayer,
    Source,
    rows_document,
)
from wanmi.web.maps.links import STATIC

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.city import City

FIRST_LOAD_GOAL_MB = 0.35
REFRESH_GOAL_KB = 10
BUILD_GOAL, LIGHTER_GOAL, REFRESH_GOAL = 100, 5, 200
RECOLOUR_GOAL_MS = 50


def timed(work: Callable[[], str]) -> tuple[float, str]:
    """Return the seconds and the page of one run."""
    start = time.perf_counter()
    page = work()
    return time.perf_counter() - start, page


def weight(content: str | bytes) -> int:
    """Return the bytes on the wire."""
    return len(gzip.compress(content.encode() if isinstance(content, str) else content, 6))


def say(what: str, value: str, goal: str, met: bool) -> None:  # noqa: FBT001 - a table's last column
    """Print one line of the result."""
    print(f"{what:<58} {value:>16}   goal {goal:<12} {'met' if met else 'MISSED'}")


def bounds_of(city: City) -> Bounds:
    """Return the city's box."""
    return Bounds(*(float(value) for value in geopandas.GeoSeries(city.cells).total_bounds))


def markers(lons: Sequence[float], lats: Sequence[float]) -> str:
    """Build the page with one folium marker an issue."""
    page = folium.Map(location=(lats[0], lons[0]))
    for number, (lon, lat) in enumerate(zip(lons, lats, strict=True)):
        text = f"61090220261123{number:07}"
        folium.Marker((lat, lon), popup=text, tooltip="占道经营").add_to(page)
    return page.get_root().render()


def issues(box: Bounds, lons: Sequence[float], lats: Sequence[float]) -> str:
    """Build the page with all issues as one array in it."""
    rows = [
        [f"61090220261123{number:07}", round(lon, 6), round(lat, 6), "ok", "占道经营"]
        for number, (lon, lat) in enumerate(zip(lons, lats, strict=True))
    ]
    page = WanmiMap(box)
    document = rows_document(("number", "lon", "lat", "sign", "class"), rows)
    IssuesLayer(Source(data=document), [IssueField("class", "类别")]).add_to(page)
    return page.render_page()


def compare_builds(city: City, count: int, rounds: int) -> None:
    """Print how long a page with `count` issues takes on both sides."""
    lons, lats = (axis.tolist() for axis in make_points(city, count))
    box = bounds_of(city)
    pairs = []
    for _ in range(rounds):
        ours, our_page = timed(lambda: issues(box, lons, lats))
        theirs, their_page = timed(lambda: markers(lons, lats))
        pairs.append((theirs, ours))
    ratio = statistics.median(theirs / ours for theirs, ours in pairs)
    theirs, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"\nPage with {count:,} open issues")
    print(f"  folium.Marker  {theirs:7.3f} s   {weight(their_page) / 1e6:.2f} MB gzip")
    print(f"  IssuesLayer    {ours:7.3f} s   {weight(our_page) / 1e6:.2f} MB gzip")
    say("build, times faster", f"{ratio:.0f} x", f">= {BUILD_GOAL} x", ratio >= BUILD_GOAL)


def choropleth(city: City, counts: dict[str, int]) -> str:
    """Build the page with folium's choropleth of the raw outlines."""
    cells = geopandas.GeoDataFrame({"code": city.codes}, geometry=city.cells, crs=4490)
    data = pd.DataFrame({"code": list(counts), "n": list(counts.values())})
    page = folium.Map(location=(32.69, 109.03))
    folium.Choropleth(
        cells,
        data=data,
        columns=["code", "n"],
        key_on="feature.properties.code",
    ).add_to(page)
    return page.get_root().render()


def served(box: Bounds) -> str:
    """Build the page that loads cells and counts."""
    page = WanmiMap(box)
    edges, counts = Source(address="/map/cells.edges"), Source(address="/map/cells.counts")
    CellsLayer(edges, counts, Colouring("在办案件")).add_to(page)
    return page.render_page()


def compare_loads(city: City) -> tuple[bytes, dict[str, Any]]:
    """Print what a browser gets for the density of the whole city, first and again."""
    codes = [str(code) for code in city.codes]
    random = np.random.default_rng(1)
    counts = dict(zip(codes, random.poisson(1.3, len(codes)).tolist(), strict=True))
    document = ordered_counts(codes, counts, edition="1")
    seconds, raw = timed(lambda: choropleth(city, counts))
    start = time.perf_counter()
    file = encode(city.cells, codes, edition="1")
    encoding = time.perf_counter() - start
    page = served(bounds_of(city))
    refresh = weight(json.dumps(document, separators=(",", ":")))
    first = weight(page) + weight(file) + refresh
    scripts = sum(
        weight((STATIC / name).read_bytes()) for name in re.findall(r"/static/([^\"]+)", page)
    )
    theirs = weight(raw)
    print(f"\nDensity of {len(codes):,} cells")
    print(
        f"  folium.Choropleth, raw GeoJSON   {theirs / 1e6:.2f} MB gzip, built in {seconds:.2f} s"
    )
    print(f"  page {weight(page) / 1e3:.1f} kB, edge file {weight(file) / 1e3:.0f} kB (gzip)")
    print(f"  edge file written in {encoding:.2f} s, once a grid edition")
    print(
        f"  with scripts and styles, which a browser keeps: {(first + scripts) / 1e6:.3f} MB gzip"
    )
    say(
        "first load: page, cells, counts",
        f"{first / 1e6:.3f} MB",
        f"<= {FIRST_LOAD_GOAL_MB} MB",
        first <= FIRST_LOAD_GOAL_MB * 1e6,
    )
    ratio = theirs / first
    say("lighter than raw", f"{ratio:.1f} x", f">= {LIGHTER_GOAL} x", ratio >= LIGHTER_GOAL)
    say(
        "refresh: counts",
        f"{refresh / 1e3:.1f} kB",
        f"<= {REFRESH_GOAL_KB} kB",
        refresh <= REFRESH_GOAL_KB * 1e3,
    )
    again = theirs / refresh
    say("lighter than raw again", f"{again:.0f} x", f">= {REFRESH_GOAL} x", again >= REFRESH_GOAL)
    return file, document


def recolour(city: City, file: bytes, document: dict[str, Any], rounds: int) -> None:
    """Print how long new counts take from the call to the painted canvas, whole city in view."""
    from support.browser import started  # noqa: PLC0415 - Chromium only for this part

    page = WanmiMap(bounds_of(city))
    layer = CellsLayer(Source(data=file), Source(data=document), Colouring("在办案件"))
    layer.add_to(page)
    with started() as browser:
        window = browser.new_page(viewport={"width": 1440, "height": 900})
        window.set_content(page.render_standalone())
        window.evaluate("() => wanmi.layers.cells.ready")
        times = window.evaluate(
            """(rounds) => Array.from({ length: rounds }, () => {
              const { edges } = wanmi.layers.cells;
              const counts = {};
              for (const code of edges.codes) counts[code] = Math.floor(Math.random() * 9);
              const start = performance.now();
              wanmi.layers.cells.set({ counts });
              return performance.now() - start;
            })""",
            rounds,
        )
    median = statistics.median(times)
    print("\nIn the browser, 1440 x 900, software drawing")
    goal = f"<= {RECOLOUR_GOAL_MS} ms"
    say("new counts to new colours", f"{median:.0f} ms", goal, median <= RECOLOUR_GOAL_MS)


def main() -> None:
    """Run all three parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=12_000)
    parser.add_argument("--issues", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    city = make_city(options.cells)
    compare_builds(city, options.issues, options.rounds)
    file, document = compare_loads(city)
    recolour(city, file, document, 11)


if __name__ == "__main__":
    main()
