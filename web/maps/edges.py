"""How do the outlines of a whole city's cells reach a browser in a few hundred kilobytes?

The **edge file** holds each edge of the coverage once, as differences of whole numbers on a grid of
about one metre. It never changes while the grid edition stays; a refresh sends only counts.

Layout, little end first: `WEDG`, length of the head (uint32), the head (JSON), then six streams of
variable-length integers (seven bits a byte, highest bit: more follows), their lengths in the head:

1. points of each edge, edges in the order of their first use;
2. x and 3. y differences from point to point, on from one edge to the next (zigzag: sign lowest);
4. rings of each cell;
5. of each ring: twice its edges, plus 1 when it is a hole of the polygon before it;
6. of each step along a ring: 0 for "the next edge that was not used yet", else twice the number of
   edges back from there, plus 1 when the edge is run backwards.

Codes stand in the head, front-coded: a digit (base 36) for how many characters are those of the
code before, then the rest.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from wanmi.gis.errors import CodeInvalid, FrameMismatch, GridInvalid
from wanmi.web.maps.topology import SharedEdges, share_edges

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

MAGIC = b"WEDG"
FORMAT = 1
STEP = 1e-5
"""Width of the grid in degrees: about one metre, a third of a pixel at the closest city view."""

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_SEPARATOR = ","
_LIMITS = np.array([-180.0, -90.0, 180.0, 90.0])


def encode(
    polygons: Sequence[Any] | NDArray[np.object_],
    codes: Sequence[str],
    *,
    edition: str,
    step: float = STEP,
) -> bytes:
    """Return the edge file of a coverage.

    Args:
        polygons: shapely (multi)polygons in CGCS2000 degrees (EPSG:4490), longitude first; holes
            and parts are kept. Cells that share an edge must have the same vertices along it, as
            those of a grid do; otherwise the file is larger, and still right.
        codes: code of each polygon, in the same order.
        edition: the grid edition, which the file repeats.
        step: width of the grid in degrees.

    Raises:
        GridInvalid: not one code for each polygon, or no polygon at all.
        FrameMismatch: the coordinates are not degrees.
        CodeInvalid: a code holds a comma.
    """
    shapes = np.asarray(polygons, dtype=object)
    if len(shapes) != len(codes) or not len(shapes):
        raise GridInvalid(f"{len(shapes)} polygons came with {len(codes)} codes; one each is due.")
    bounds = shapely.total_bounds(shapes)
    if not (np.abs(bounds) <= np.abs(_LIMITS)).all():
        raise FrameMismatch("An edge file takes degrees (EPSG:4490), longitude first.")
    origin = (float(np.floor(bounds[0] / step) * step), float(np.floor(bounds[1] / step) * step))
    streams = _streams(share_edges(shapes, origin, step), len(shapes))
    head = {
        "format": FORMAT,
        "edition": edition,
        "step": step,
        "origin": origin,
        "cells": len(shapes),
        "streams": [len(stream) for stream in streams],
        "codes": _front_coded(codes),
    }
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join((MAGIC, struct.pack("<I", len(text)), text, *streams))


def ordered_counts(
    codes: Sequence[str],
    counts: Mapping[str, int | float | None],
    *,
    edition: str,
) -> dict[str, Any]:
    """Return the counts in the order of the edge file: under 10 kB gzip for a city.

    Args:
        codes: the codes that the edge file was made with, in the same order.
        counts: how many by code; a code that is missing counts 0, None is "no data".
        edition: the grid edition of the edge file; the map refuses another one.
    """
    return {"edition": edition, "values": [counts.get(code, 0) for code in codes]}


def _streams(edges: SharedEdges, cells: int) -> tuple[bytes, ...]:
    moves = np.diff(edges.points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return (
        varints(edges.edge_sizes),
        varints(_zigzag(moves[:, 0])),
        varints(_zigzag(moves[:, 1])),
        varints(np.bincount(edges.ring_cells, minlength=cells)),
        varints(edges.ring_sizes * 2 + edges.ring_holes),
        varints(_steps(edges)),
    )


def _steps(edges: SharedEdges) -> NDArray[np.int64]:
    """Return the sixth stream: edges are numbered in the order of their first use."""
    highest = np.maximum.accumulate(np.concatenate(([-1], edges.uses)))
    unseen = highest[:-1] + 1
    back = unseen - edges.uses
    return np.where(back == 0, 0, back * 2 + edges.reversed)


def _zigzag(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return (values << 1) ^ (values >> 63)


def varints(values: NDArray[np.int64]) -> bytes:
    """Return whole numbers (none negative) as variable-length bytes, seven bits each, low first."""
    wide = values.astype(np.uint64)
    lengths = np.ones(len(wide), dtype=np.int64)
    for bits in range(7, 64, 7):
        more = wide >> np.uint64(bits)
        if not more.any():
            break
        lengths += more > 0
    starts = np.cumsum(lengths) - lengths
    out = np.zeros(int(lengths.sum()), dtype=np.uint8)
    for place in range(int(lengths.max(initial=0))):
        held = lengths > place
        low = (wide[held] >> np.uint64(7 * place)) & np.uint64(0x7F)
        follows = (lengths[held] > place + 1).astype(np.uint64) << np.uint64(7)
        out[starts[held] + place] = (low | follows).astype(np.uint8)
    return out.tobytes()


def _alike(before: str, code: str) -> int:
    """Return how many first characters are the same, at most one digit's worth."""
    most = min(len(before), len(code), len(_BASE36) - 1)
    return next((i for i in range(most) if before[i] != code[i]), most)


def _front_coded(codes: Sequence[str]) -> str:
    parts = []
    before = ""
    for code in codes:
        if _SEPARATOR in code:
            raise CodeInvalid(f"The code {code!r} holds a comma.")
        same = _alike(before, code)
        parts.append(_BASE36[same] + code[same:])
        before = code
    return _SEPARATOR.join(parts)
