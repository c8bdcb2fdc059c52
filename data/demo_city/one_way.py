"""Which narrow streets of the centre can be one-way without cutting anybody off?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString

from demo_city.graph import edge_graph
from wanmi.gis.reckoning import length

if TYPE_CHECKING:
    from demo_city.streets import Street

_WANTED = 24


def set_one_ways(streets: list[Street]) -> None:
    """Make some narrow streets one-way where every place can still be reached both ways."""
    middle = np.mean([edge.coords[0] for street in streets for edge in street.edges], axis=0)
    fit = [s for s in streets if s.grade in ("branch", "lane") and isinstance(s.shape, LineString)]
    fit.sort(key=lambda s: float(length(*(np.asarray(s.shape.centroid.coords[0]) - middle))))
    done = 0
    for street in fit:
        if done == _WANTED:
            return
        street.one_way = True
        _follow(street)
        if _all_reachable(streets):
            done += 1
        else:
            street.one_way = False


def _follow(street: Street) -> None:
    """Turn the edges of a one-way street into its direction of travel."""
    shape = street.shape
    for i, edge in enumerate(street.edges):
        first, last = (shape.project(shapely.Point(edge.coords[e])) for e in (0, -1))
        if first > last:
            street.edges[i] = edge.reverse()


def _all_reachable(streets: list[Street]) -> bool:
    nodes, start, end = edge_graph([edge for street in streets for edge in street.edges])
    both = np.array([not street.one_way for street in streets for _ in street.edges])
    rows = np.concatenate((start, end[both]))
    columns = np.concatenate((end, start[both]))
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(nodes),) * 2)
    count, _ = connected_components(graph, directed=True, connection="strong")
    return count == 1
