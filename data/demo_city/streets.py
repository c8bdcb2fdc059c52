"""Which streets does the city have, noded so that they share a vertex at every crossing?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, MultiLineString

from demo_city.graph import edge_graph
from demo_city.naming import RANK, name_streets
from demo_city.one_way import set_one_ways
from demo_city.strokes import strokes

if TYPE_CHECKING:
    from demo_city.network import Way

_STUB_M = 1.0


@dataclass(slots=True)
class Street:
    """One street; its edges are pieces between crossings, in the plane."""

    name: str
    grade: str
    width_m: float
    basis: str = "schematic"
    programme: str = ""
    axis: str = ""
    bridge: bool = False
    note: str = ""
    one_way: bool = False
    code: str = ""
    edges: list[LineString] = field(default_factory=list)

    @property
    def shape(self) -> LineString | MultiLineString:
        """The whole street, every crossing a vertex."""
        return shapely.line_merge(MultiLineString(self.edges))


def street_network(
    drawn: list[Way],
    local: list[Way],
    noded: list[LineString],
    rng: np.random.Generator,
) -> list[Street]:
    """Return all streets: the model streets, the other drawn ones, then the generated ones.

    Args:
        drawn: the lines as drawn; they say which street an edge belongs to.
        local: the lines as generated, likewise.
        noded: the same lines noded together.
        rng: draws the invented names.
    """
    lines = [way.line for way in (*drawn, *local)]
    streets, owner = _drawn_streets(drawn)
    edges, line = _edges(noded, lines)
    groups = strokes([way.line for way in local])
    for group in groups:
        best = min((local[i] for i in group), key=lambda way: RANK[way.grade])
        streets.append(Street("", best.grade, best.width_m, note="示意；街名为虚构"))
        owner.update({len(drawn) + i: len(streets) - 1 for i in group})
    for edge, i in zip(edges, line, strict=True):
        streets[owner[i]].edges.append(edge)
    streets = [street for street in streets if street.edges]
    name_streets(streets, rng)
    set_one_ways(streets)
    for number, street in enumerate(streets, start=1):
        street.code = f"RD{number:04d}"
    return streets


def _drawn_streets(drawn: list[Way]) -> tuple[list[Street], dict[int, int]]:
    """Make one street of the drawn lines of one name; model streets come first."""
    order = sorted(range(len(drawn)), key=lambda i: not drawn[i].feature.text("programme"))
    streets: list[Street] = []
    owner: dict[int, int] = {}
    place: dict[str, int] = {}
    for i in order:
        feature = drawn[i].feature
        if feature.name not in place:
            place[feature.name] = len(streets)
            note = "；".join(
                filter(
                    None, ("示意", feature.text("note") if feature.properties.get("foot") else "")
                )
            )
            streets.append(
                Street(
                    feature.name,
                    drawn[i].grade,
                    drawn[i].width_m,
                    basis=feature.text("basis"),
                    programme=feature.text("programme"),
                    axis=feature.text("axis"),
                    bridge=bool(feature.properties.get("bridge")),
                    note=note,
                ),
            )
        owner[i] = place[feature.name]
    return streets, owner


def _edges(
    noded: list[LineString],
    lines: list[LineString],
) -> tuple[list[LineString], list[int]]:
    """Return the pieces between crossings and the line each comes from."""
    edges = _contracted(noded)
    middles = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    edge, line = shapely.STRtree(lines).query(middles, predicate="dwithin", distance=_STUB_M)
    gap = shapely.distance(middles[edge], np.asarray(lines)[line])
    nearest: dict[int, int] = {}
    for _, e, i in sorted(
        zip(np.round(gap, 1).tolist(), edge.tolist(), line.tolist(), strict=True)
    ):
        nearest.setdefault(e, i)
    return _connected(edges, [nearest[e] for e in range(len(edges))])


def _contracted(edges: list[LineString]) -> list[LineString]:
    """Draw crossings that are less than a metre apart together into one."""
    nodes, start, end = edge_graph(edges)
    short = np.array([edge.length < _STUB_M for edge in edges])
    graph = coo_array((np.ones(short.sum()), (start[short], end[short])), shape=(len(nodes),) * 2)
    _, cluster = connected_components(graph, directed=False)
    _, first = np.unique(cluster, return_index=True)
    place = nodes[first[cluster]]
    kept = []
    for edge, a, b in zip(edges, start, end, strict=True):
        if edge.length >= _STUB_M and not (a != b and cluster[a] == cluster[b]):
            points = np.array(edge.coords)
            points[0], points[-1] = place[a], place[b]
            kept.append(LineString(points))
    return kept


def _connected(edges: list[LineString], line: list[int]) -> tuple[list[LineString], list[int]]:
    """Keep the largest connected part of the network."""
    nodes, start, end = edge_graph(edges)
    graph = coo_array((np.ones(len(edges)), (start, end)), shape=(len(nodes),) * 2)
    _, part = connected_components(graph, directed=False)
    largest = np.argmax(np.bincount(part))
    kept = [i for i in range(len(edges)) if part[start[i]] == largest]
    return [edges[i] for i in kept], [line[i] for i in kept]
