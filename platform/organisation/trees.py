"""Who stands above and below whom, in a tree given as child → parent?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wanmi.platform.kernel.tables import read_table, unique_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanmi.platform.kernel.tables import Faults, Row, Source

Parents = Mapping[str, str | None]


def read_tree(
    source: Source, columns: Sequence[str], faults: Faults, *, of: str
) -> tuple[dict[str, Row], Parents]:
    """Read a table whose rows name their parents: the rows by `code`, and code → parent.

    Rows without names, parents that are not there and circles go to `faults`; `of` is what a row
    is called there.
    """
    rows = unique_rows(read_table(source, columns, faults), "code")
    parents = {code: row.get("parent") for code, row in rows.items()}
    for code, row in rows.items():
        row.required("name_zh")
        row.required("name_en")
        parent = parents[code]
        if parent is not None and parent not in rows:
            row.wrong(f"parent {parent} is no {of} of this file")
    for code in in_cycles(parents):
        rows[code].wrong(f"{of} {code} stands above itself; correct its parent")
    return rows, parents


def in_cycles(parents: Parents) -> frozenset[str]:
    """Return every node that is its own ancestor; parents that are no nodes end a chain."""
    looping: set[str] = set()
    cleared: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        node: str | None = start
        while node is not None and node in parents and node not in cleared and node not in path:
            path[node] = None
            node = parents[node]
        if node in path:
            seen = list(path)
            looping.update(seen[seen.index(node) :])
        cleared.update(path)
    return frozenset(looping)


def chains(parents: Parents) -> dict[str, tuple[str, ...]]:
    """Return every node with its ancestors, itself first. Needs a tree without cycles."""
    known: dict[str, tuple[str, ...]] = {}
    for start in parents:
        path: list[str] = []
        node: str | None = start
        while node is not None and node not in known:
            path.append(node)
            node = parents[node]
        above = known[node] if node is not None else ()
        for step in reversed(path):
            above = (step, *above)
            known[step] = above
    return known


def subtrees(parents: Parents) -> dict[str, frozenset[str]]:
    """Return for every node itself and all that stands below it. Needs a tree without cycles."""
    below: dict[str, set[str]] = {node: set() for node in parents}
    for node, chain in chains(parents).items():
        for ancestor in chain:
            below[ancestor].add(node)
    return {node: frozenset(members) for node, members in below.items()}
