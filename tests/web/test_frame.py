"""The frame of every page: Chinese first, no inline script, only what exists in the navigation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined

WEB = Path(__file__).resolve().parents[2] / "web"


@pytest.fixture
def templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=Undefined,
    )
    environment.globals["csrf_token"] = lambda: ""
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return environment


def test_a_page_is_chinese_and_has_no_inline_script_or_style(templates: Environment) -> None:
    page = templates.get_template("base.html").render()
    assert '<html lang="zh-CN">' in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert "<nav" not in page, "no link to what does not exist"


def test_every_file_of_the_frame_is_served(templates: Environment) -> None:
    page = templates.get_template("base.html").render()
    addresses = re.findall(r'(?:src|href)="([^"#]+)"', page)
    files = [each for each in addresses if each != "/" and not each.startswith("data:")]
    assert files
    for address in files:
        assert (WEB / address.removeprefix("/")).is_file(), address


def test_names_in_the_frame_are_escaped(templates: Environment) -> None:
    nav = [{"address": "/command", "label": "<指挥>", "current": True}]
    page = templates.get_template("base.html").render(nav=nav, person={"name": "<b>"})
    assert "&lt;指挥&gt;" in page
    assert "&lt;b&gt;" in page
    assert 'aria-current="page"' in page


def test_a_state_is_colour_shape_and_word(templates: Environment) -> None:
    templates.undefined = StrictUndefined
    sign = templates.get_template("parts.html").module.sign("late", "超期")  # type: ignore[attr-defined]
    assert re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", sign)).strip() == "■ 超期"
    assert 'class="sign late"' in sign


def colours(theme: str) -> dict[str, str]:
    """Return the tokens of a theme (light is the first block, dark the last)."""
    css = (WEB / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    blocks = re.findall(r"\{([^{}]*--ground:[^{}]*)\}", css)
    return dict(
        re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", blocks[0 if theme == "light" else -1])
    )


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    ("ink", "ground"),
    ("ink-2", "ground"),
    ("ink-2", "ground-2"),
    ("accent", "ground"),
    ("accent", "accent-ground"),
    ("accent-ink", "accent"),
    ("ok", "ground"),
    ("soon", "ground"),
    ("late", "ground"),
    ("ok", "ok-ground"),
    ("soon", "soon-ground"),
    ("late", "late-ground"),
    ("name-ink", "map-land"),
    ("map-water-ink", "map-water"),
    ("map-green-ink", "map-green"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(theme: str, text: str, ground: str) -> None:
    tokens = colours(theme)
    assert contrast(tokens[text], tokens[ground]) >= 4.5


def test_both_dark_themes_are_the_same() -> None:
    css = (WEB / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    blocks = re.findall(r"\{([^{}]*--ground:[^{}]*)\}", css)
    by_system, by_choice = (re.sub(r"\s+", " ", block).strip() for block in blocks[1:])
    assert by_system == by_choice


def test_density_grows_in_one_direction() -> None:
    for theme, order in (("light", 1), ("dark", -1)):
        css = (WEB / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
        blocks = re.findall(r"\{([^{}]*--ground:[^{}]*)\}", css)
        block = blocks[0 if theme == "light" else -1]
        steps = re.findall(r"--density-[1-5]:\s*(#[0-9a-f]{6})", block)
        light = [luminance(step) * order for step in steps]
        assert light == sorted(light, reverse=True)
        assert len(set(light)) == 5
