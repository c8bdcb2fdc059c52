"""Which nodes and edges does a noded network have?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from shapely import LineString


def edge_graph(edges: list[LineString]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the nodes (n, 2) of a noded network and the (m,) start and end node of each edge."""
    ends = np.array([[*edge.coords[0], *edge.coords[-1]] for edge in edges]).reshape(-1, 2)
    nodes, where = np.unique(np.round(ends, 3), axis=0, return_inverse=True)
    where = where.reshape(-1, 2)
    return nodes, where[:, 0], where[:, 1]
