"""What does the README beside each layer say? Texts from layers.toml, fields from the contract."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from demo_city.sources import SOURCES
from wanmi.gis.layers import LAYERS, Layer

if TYPE_CHECKING:
    from pathlib import Path

_MADE = (
    "Made by `python data/build_demo_city.py`; do not edit. Sources: `data/sources/README.md`.\n\n"
    "由 `python data/build_demo_city.py` 生成，请勿手工修改。来源见 `data/sources/README.md`。"
)
_FRAME = (
    "Frame: EPSG:4490 (CGCS2000 degrees, longitude first), text in UTF-8. 示意数据, no survey.\n\n"
    "坐标系：CGCS2000 经纬度（EPSG:4490），文本 UTF-8。示意数据，不是测绘成果。"
)
_FIELDS_HEAD = (
    "| field 字段 | type 类型 | required 必填 | meaning 含义 |\n| --- | --- | --- | --- |"
)
_SHAPES = {"polygon": "polygons 面", "line": "lines 线", "point": "points 点"}


def write_readmes(folder: Path, counts: dict[str, int]) -> None:
    """Write the README of each layer and the index.

    Args:
        folder: where the layers are.
        counts: number of rows of each layer.
    """
    with (SOURCES / "layers.toml").open("rb") as file:
        texts = tomllib.load(file)
    for name, count in counts.items():
        text = _layer_page(LAYERS[name], texts["layers"][name], texts["fields"], count)
        (folder / name / "README.md").write_text(text, encoding="utf-8")
    index = [
        "# Demonstration city 示意城市（安康中心城区）",
        _FRAME,
        _MADE,
        "| layer 图层 | content 内容 | rows 行数 |\n| --- | --- | --- |\n"
        + "\n".join(
            f"| [{name}]({name}/README.md) | {texts['layers'][name]['title']} | {counts[name]:,} |"
            for name in LAYERS
            if name in counts
        ),
    ]
    (folder / "README.md").write_text("\n\n".join(index) + "\n", encoding="utf-8")


def _layer_page(layer: Layer, text: dict[str, str], meanings: dict[str, str], count: int) -> str:
    rows = [_FIELDS_HEAD]
    for field in layer.fields:
        required = "yes" if field.required else ""
        rows.append(f"| {field.name} | {field.type} | {required} | {meanings[field.name]} |")
    parts = [
        f"# {text['title']}",
        f"`{layer.name}`: {count:,} {_SHAPES[layer.shape]}.",
        text["en"].strip(),
        text["zh"].strip(),
        _FRAME,
        "\n".join(rows),
        _MADE,
    ]
    return "\n\n".join(parts) + "\n"
