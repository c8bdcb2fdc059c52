"""A map asks no other host for anything, and no text of a report does anything on it."""

import html
import itertools
import json
import re

import folium
import pytest
from folium import plugins
from hypothesis import given
from hypothesis import strategies as st

from support import small_city
from wanmi.gis.points import Bounds, Datum
from wanmi.platform.kernel.errors import SettingsInvalid
from wanmi.web.maps import layers, links, tools
from wanmi.web.maps.base import WanmiMap
from wanmi.web.maps.escape import escaped, script_json
from wanmi.web.maps.figure import with_nonce
from wanmi.web.maps.policy import content_security_policy
from wanmi.web.maps.tiles import TileAddress
from wanmi.web.maps.words import MAP_WORDS, map_words

SIDE = 4
BOX = small_city.bounds(SIDE)
BOX_MIDDLE = [32.682, 109.002]
CHINA = (Datum.CGCS2000, "天地图")
TAG_ADDRESS = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=\"([^\"]*)\"")
OUTSIDE = re.compile(r"""(?:src|href|url)\s*[=(]\s*["']?\s*(?:https?:)?//""", re.IGNORECASE)


def whole_map() -> WanmiMap:
    city = WanmiMap(BOX)
    for layer in small_city.layers(SIDE):
        layer.add_to(city)
    folium.LayerControl().add_to(city)
    return city


PLUGINS = {
    "marker with popup and icon": lambda: folium.Marker(
        BOX_MIDDLE,
        popup=folium.Popup("p"),
        icon=folium.Icon(icon="info-sign"),
    ),
    "MarkerCluster": plugins.MarkerCluster,
    "FastMarkerCluster": lambda: plugins.FastMarkerCluster([BOX_MIDDLE]),
    "Fullscreen": plugins.Fullscreen,
    "MeasureTool": tools.MeasureTool,
    "MousePosition": plugins.MousePosition,
}


@pytest.mark.parametrize("name", PLUGINS)
def test_every_plug_in_that_we_use_is_served_by_us(name: str) -> None:
    city = WanmiMap(BOX)
    PLUGINS[name]().add_to(city)
    addresses = TAG_ADDRESS.findall(city.render_page())
    assert addresses
    for address in addresses:
        assert address.startswith("/static/")
        assert (links.STATIC / address.removeprefix("/static/")).is_file()


def test_all_links_of_foliums_own_map_are_in_the_table() -> None:
    names = [name for name, _ in (*folium.Map.default_js, *folium.Map.default_css)]
    assert not set(names) - set(links.SERVED)


def test_an_unknown_link_is_refused_with_its_plug_in() -> None:
    city = WanmiMap(BOX)
    plugins.MeasureControl().add_to(city)  # its script builds functions from text: not served
    with pytest.raises(links.MapAssetUnknown, match=r"MeasureControl asks for .*leaflet-measure"):
        city.render_page()


def test_an_unknown_link_in_the_head_is_refused() -> None:
    city = WanmiMap(BOX)
    outside = folium.elements.JavascriptLink("https://example.org/d3.js")
    city.get_root().header.add_child(outside, name="d3")
    with pytest.raises(links.MapAssetUnknown, match=r"example\.org/d3\.js"):
        city.render_standalone()


def test_a_link_added_to_one_map_stays_with_it() -> None:
    before = list(folium.Map.default_js), list(WanmiMap.default_js)
    first, second = WanmiMap(BOX), WanmiMap(BOX)
    first.add_js_link("markerclusterjs", "x")
    first.add_css_link("markerclustercss", "x")
    assert "markercluster.js" in first.render_page()
    assert "markercluster" not in second.render_page()
    assert (list(folium.Map.default_js), list(WanmiMap.default_js)) == before


def test_rendering_plug_ins_changes_no_list_of_theirs() -> None:
    before = list(plugins.Fullscreen.default_js)
    city = WanmiMap(BOX)
    plugins.Fullscreen().add_to(city)
    city.render_page()
    assert plugins.Fullscreen.default_js == before


def test_an_empty_map_sends_no_jquery_bootstrap_or_icons() -> None:
    page = WanmiMap(BOX).render_page()
    assert "leaflet.js" in page
    assert not re.search(r"jquery|bootstrap|awesome|openstreetmap", page, re.IGNORECASE)


def test_a_served_page_refers_to_nothing_outside() -> None:
    page = whole_map().render_page("万米")
    assert not OUTSIDE.search(page)
    assert "://" not in page


def test_the_self_contained_file_refers_to_no_file_at_all() -> None:
    page = whole_map().render_standalone("万米")
    assert not TAG_ADDRESS.findall(page)
    assert "/static/" not in page
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    loaded = re.findall(r"""url\(\s*+["']?+(?!data:|#)[^)]{0,60}""", styles)
    assert not loaded
    assert "sourceMappingURL" not in page


def test_a_self_contained_map_refuses_layers_that_would_be_loaded() -> None:
    city = WanmiMap(BOX)
    layers.GroundLayer(layers.Source(address="/api/ground.json")).add_to(city)
    with pytest.raises(ValueError, match=r"GroundLayer would load /api/ground\.json"):
        city.render_standalone()


def test_a_self_contained_map_refuses_tiles() -> None:
    tiles = TileAddress("https://t.example/{z}/{x}/{y}.png", Datum.WGS84, "Example")
    with pytest.raises(ValueError, match="no tiles"):
        WanmiMap(BOX, tiles=tiles).render_standalone()


def test_rendering_twice_gives_the_same_page() -> None:
    city = whole_map()
    assert city.render_page() == city.render_page()


# Text of others


def test_the_text_of_a_report_is_never_worked_out_on_the_server() -> None:
    city = WanmiMap(BOX)
    folium.Marker(BOX_MIDDLE, popup="{{ 7*7 }}", tooltip="{{ 6*7 }}").add_to(city)
    page = city.render_page()
    assert "{{ 7*7 }}" in page
    assert not re.search(r">\s*(49|42)\s*<", page)


def test_escaped_text_in_popup_and_tooltip_is_only_text() -> None:
    city = WanmiMap(BOX)
    text = escaped(small_city.NASTY)
    folium.Marker(BOX_MIDDLE, popup=folium.Popup(text), tooltip=folium.Tooltip(text)).add_to(city)
    page = city.render_page()
    assert page.count(text) == 2
    assert "<script>window" not in page
    assert "${" not in page.split("wanmi.map(")[1]


@given(st.text())
def test_escaped_text_reads_as_it_was_written(text: str) -> None:
    safe = escaped(text)
    assert html.unescape(safe) == html.unescape(html.escape(text))
    assert not set(safe) & set("<>`${}\\\"'")


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_script_json_is_the_value_and_opens_neither_tag_nor_template(value: object) -> None:
    text = script_json(value)
    assert json.loads(text) == value
    assert "<" not in text
    assert not re.search(r"\{[{%#]", text)


def test_rows_of_issues_carry_markup_only_inside_json() -> None:
    page = whole_map().render_page()
    assert "<script>window.hacked" not in page
    assert "{{ 7*7" not in page


def test_layer_names_are_escaped_for_the_layer_control() -> None:
    layer = layers.GroundLayer(layers.Source(data={}), name="<img src=x onerror=alert(1)>")
    assert layer.layer_name.startswith("&lt;img")


def test_issues_lacking_a_column_or_a_value_are_refused() -> None:
    with pytest.raises(ValueError, match="columns lat, sign"):
        layers.rows_document(("number", "lon"), [])
    with pytest.raises(ValueError, match="4 values"):
        layers.rows_document(("number", "lon", "lat", "sign"), [["1", 109.0, 32.0]])


# The policy of the page


def test_every_inline_script_and_style_carries_the_nonce() -> None:
    page = whole_map().render_page(nonce="abc123")
    tags = re.findall(r"<(?:script|style)\b[^>]*>", page)
    assert tags
    assert all('nonce="abc123"' in tag for tag in tags)
    assert with_nonce("<script>", "") == "<script>"


def test_the_policy_lets_nothing_run_that_is_not_ours() -> None:
    policy = content_security_policy("abc123")
    assert "script-src 'self' 'nonce-abc123'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_policy_lets_pictures_come_from_the_tile_host_only() -> None:
    tiles = TileAddress("https://t{s}.tianditu.example/DataServer?x={x}&y={y}&l={z}", *CHINA)
    policy = content_security_policy("n", tiles)
    assert "img-src 'self' data: blob: https://*.tianditu.example;" in policy
    assert policy.count("https://") == 1


def test_a_part_inside_a_page_leaves_out_the_style_that_the_page_has() -> None:
    parts = whole_map().parts("n")
    assert "tokens.css" not in parts.head
    assert "tokens.css" in whole_map().render_page()
    assert parts.script.startswith('<script nonce="n">')


# Tiles from outside


def test_tiles_are_laid_under_the_map_when_an_address_is_set() -> None:
    tiles = TileAddress("https://t.example/{z}/{x}/{y}.png", Datum.CGCS2000, "天地图 <b>")
    page = WanmiMap(BOX, tiles=tiles).render_page()
    assert "https://t.example/{z}/{x}/{y}.png" in page
    assert "&lt;b&gt;" in page.replace("\\u0026", "&")


@pytest.mark.parametrize(
    ("template", "datum", "sentence"),
    [
        ("https://t.example/{z}/{x}/{y}", Datum.GCJ02, "about 500 m off"),
        ("https://t.example/{z}/{x}/{y}", Datum.BD09, "about 500 m off"),
        ("https://t.example/{z}/{x}", Datum.WGS84, "lacks {y}"),
        ("ftp://t.example/{z}/{x}/{y}", Datum.WGS84, "begins with"),
        ("t.example/{z}/{x}/{y}", Datum.WGS84, "begins with"),
    ],
)
def test_tiles_that_would_lie_wrong_are_refused(template: str, datum: Datum, sentence: str) -> None:
    with pytest.raises(SettingsInvalid, match=sentence):
        TileAddress(template, datum, "x")


# Words, the base map


def test_the_words_of_the_map_can_all_be_translated() -> None:
    assert map_words(str.upper)["no_data"] == "NO DATA"
    used = set()
    for script in (links.STATIC / "js" / "map").glob("*.js"):
        used |= set(re.findall(r"wanmi\.say\(\"(\w+)\"", script.read_text(encoding="utf-8")))
    assert used <= set(MAP_WORDS)


def test_the_base_map_keeps_a_metre_and_drops_repeated_places() -> None:
    document = small_city.ground(SIDE)
    water = next(area for area in document["areas"] if area["role"] == "water")
    assert len(water["at"]) == 6, "the name runs along the river's axis"
    for flat in (water["rings"][0], *(line["line"] for line in document["lines"])):
        assert flat == [round(value, 5) for value in flat]
        pairs = list(zip(flat[::2], flat[1::2], strict=True))
        assert all(here != there for here, there in itertools.pairwise(pairs))
    assert [line["name"] for line in document["lines"] if line["model"]] == ["育才路"]


def test_bounds_become_the_first_view() -> None:
    page = WanmiMap(Bounds(109.0, 32.6, 109.1, 32.7)).render_page()
    assert '"bounds":[[32.6,109.0],[32.7,109.1]]' in page
