"""How do the inspection routes run along the streets from stop to stop?"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely import LineString, Point
from shapely.ops import substring

from demo_city.frame import to_degrees, to_plane
from demo_city.graph import edge_graph
from demo_city.greening import PROGRAMME
from demo_city.sources import table
from demo_city.writing import SHAPE, Row

if TYPE_CHECKING:
    from demo_city.city import City

_APART_M = 0.5


def route_rows(city: City, points: list[Row]) -> list[Row]:
    """Return the inspection routes over greening points.

    Args:
        city: the city so far.
        points: rows of the greening points, in degrees.
    """
    by_name = {row["NAME"]: row for row in points}
    rows = []
    for number, route in enumerate(table("routes.csv"), start=1):
        chosen = [by_name[stop] for stop in route["stops"].split(";")]
        line = _drive(city, [to_plane(stop[SHAPE]) for stop in chosen])
        rows.append(
            {
                "CODE": f"IR{number:02d}",
                "NAME": route["name"],
                "PROGRAMME": PROGRAMME,
                "UNIT": "AK-LYJ",
                "STOPS": ";".join(stop["CODE"] for stop in chosen),
                "JURIS": city.jurisdiction_of(line),
                "NOTE": "示意",
                SHAPE: to_degrees(line),
            },
        )
    return rows


def _drive(city: City, stops: list[Point]) -> LineString:
    """Return the shortest way by vehicle from stop to stop, one-way streets kept."""
    edges, both, kerbs = _network(city, stops)
    nodes, start, end = edge_graph(edges)
    between: dict[tuple[int, int], LineString] = {}
    for a, b, edge, two_way in zip(start.tolist(), end.tolist(), edges, both, strict=True):
        _keep_shorter(between, (a, b), edge)
        if two_way:
            _keep_shorter(between, (b, a), edge.reverse())
    rows, columns = np.array(list(between)).T
    length = [edge.length for edge in between.values()]
    graph = coo_array((length, (rows, columns)), shape=(len(nodes),) * 2).tocsr()
    at = [int(np.argmin(np.linalg.norm(nodes - kerb, axis=1))) for kerb in kerbs]
    way = [at[0]]
    for here, there in pairwise(at):
        _, before = dijkstra(graph, indices=here, return_predecessors=True)
        leg = [there]
        while leg[-1] != here:
            leg.append(int(before[leg[-1]]))
        way.extend(reversed(leg[:-1]))
    return _line(way, between)


def _keep_shorter(
    between: dict[tuple[int, int], LineString],
    ends: tuple[int, int],
    edge: LineString,
) -> None:
    if ends not in between or edge.length < between[ends].length:
        between[ends] = edge


def _line(way: list[int], between: dict[tuple[int, int], LineString]) -> LineString:
    points: list[tuple[float, ...]] = []
    for ends in pairwise(way):
        part = list(between[ends].coords)
        points.extend(part if not points else part[1:])
    return LineString(points)


def _network(city: City, stops: list[Point]) -> tuple[list[LineString], np.ndarray, np.ndarray]:
    """Return the drivable edges, cut beside each stop; which are two-way; where stops are."""
    pairs = [(edge, street.one_way) for edge, street in city.edges if "人行" not in street.note]
    kerbs = []
    for stop in stops:
        near = min(range(len(pairs)), key=lambda i: pairs[i][0].distance(stop))
        edge, one_way = pairs[near]
        at = edge.project(stop)
        if at < _APART_M or at > edge.length - _APART_M:
            kerbs.append(edge.coords[0 if at < _APART_M else -1])
            continue
        first, second = substring(edge, 0, at), substring(edge, at, edge.length)
        second = LineString([first.coords[-1], *second.coords[1:]])
        pairs[near] = (first, one_way)
        pairs.append((second, one_way))
        kerbs.append(first.coords[-1])
    edges = [edge for edge, _ in pairs]
    return edges, np.array([not one_way for _, one_way in pairs]), np.array(kerbs)
