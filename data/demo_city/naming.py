"""What are streets called that nobody has named? Plausible invented names, marked 示意."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from demo_city.streets import Street

RANK = {"main": 0, "secondary": 1, "branch": 2, "lane": 3}
_ON_LINE_M = 0.02

STREETS = (
    "永兴瑞祥丰顺昌惠明春晨清秀翠锦云松桂枫竹兰荷柳梧榆槐枣橘茶樱",
    "安康和泰宁园苑林溪岭湾坪堰塘峰华光新乐",
)
"""Characters of invented street names, first and second."""
HOMES = (
    "金银玉景嘉雅福禧鑫恒盛美阳学御江城汉滨书仁和悦逸馨怡紫碧蓝星秀翠锦瑞祥安",
    "苑府庭轩居园湾景庐坊",
)
"""Characters of invented names of housing."""
SCHOOLS = ("育明启德崇博立新晨培", "才文志华英知远贤杰")
"""Characters of invented names of schools."""
_DIGITS = "零一二三四五六七八九"
_TEN = 10


def invented_names(
    taken: set[str],
    rng: np.random.Generator,
    characters: tuple[str, str] = STREETS,
) -> Iterator[str]:
    """Yield two-character names, none of them in `taken`, in an order drawn once.

    Args:
        taken: names that exist.
        rng: draws the order.
        characters: the first and the second characters to choose from.
    """
    first, second = characters
    names = [a + b for a in first for b in second if a != b and a + b not in taken]
    for i in rng.permutation(len(names)):
        yield names[i]


def numeral(number: int) -> str:
    """Return 1 to 99 as Chinese writes it on a street sign.

    >>> numeral(7), numeral(10), numeral(12), numeral(20), numeral(35)
    ('七', '十', '十二', '二十', '三十五')
    """
    tens, ones = divmod(number, _TEN)
    if tens == 0:
        return _DIGITS[ones]
    head = "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def name_streets(streets: list[Street], rng: np.random.Generator) -> None:
    """Name what was generated: lanes after the street they leave, the rest by invention."""
    taken = {street.name[:2] for street in streets if street.name}
    fresh = invented_names(taken, rng)
    shapes = [street.shape for street in streets]
    ways: Iterator[int] = (i for i, s in enumerate(streets) if not s.name and s.grade != "lane")
    for i in ways:
        west, south, east, north = shapes[i].bounds
        streets[i].name = next(fresh) + ("路" if east - west > north - south else "街")
    lanes = sorted(
        (i for i, street in enumerate(streets) if not street.name),
        key=lambda i: (round(-shapes[i].bounds[3] / 100), shapes[i].bounds[0]),
    )
    named = [i for i, street in enumerate(streets) if street.name and not street.bridge]
    tree = shapely.STRtree([shapes[i] for i in named])
    count: Counter[str] = Counter()
    for i in lanes:
        near = tree.query(shapes[i], predicate="dwithin", distance=_ON_LINE_M)
        near = near if len(near) else tree.query_nearest(shapes[i])
        parent = streets[min((named[n] for n in near), key=lambda n: (RANK[streets[n].grade], n))]
        count[parent.name] += 1
        streets[i].name = f"{parent.name}{numeral(count[parent.name])}巷"
