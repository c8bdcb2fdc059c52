"""The map as one file opens with no network, shows everything and runs nobody's text."""

import base64
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import folium
import numpy as np
import pytest
import shapely
from folium import plugins
from playwright.sync_api import Browser, BrowserContext, Page

from support import small_city
from support.browser import ORIGIN, Watch, body, serve
from wanmi.gis.frames import Plane
from wanmi.web.maps.base import WanmiMap
from wanmi.web.maps.policy import content_security_policy
from wanmi.web.maps.tools import MeasureTool
from wanmi.web.maps.words import map_words

SIDE = 10
READY = "() => Promise.all(Object.values(wanmi.layers).map((layer) => layer.ready))"


def city_map(address: str | None = None) -> WanmiMap:
    city = WanmiMap(small_city.bounds(SIDE), words=map_words())
    for layer in small_city.layers(SIDE, address=address):
        layer.add_to(city)
    MeasureTool().add_to(city)
    folium.LayerControl(collapsed=False).add_to(city)
    return city


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The self-contained file."""
    path = tmp_path_factory.mktemp("map") / "map.html"
    path.write_text(city_map().render_standalone("示意地图"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """One window with the network cut, for all tests that open the file."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", offline=True
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def page(window: Page, watch: Watch, file: Path) -> Iterator[Page]:
    """The self-contained file, freshly opened."""
    watch.on(window)
    window.emulate_media(color_scheme="light")
    window.goto(file.as_uri())
    window.evaluate(READY)
    yield window
    watch.off(window)


def test_nothing_is_asked_for_and_nothing_fails(page: Page, watch: Watch) -> None:
    page.wait_for_timeout(500)
    assert watch.faults == []
    outside = [url for url in watch.requests if not url.startswith(("file:", "data:", "blob:"))]
    assert outside == []


def test_every_layer_is_drawn_and_explained(page: Page) -> None:
    assert page.evaluate("() => wanmi.layers.cells.edges.codes.length") == SIDE * SIDE
    assert page.locator(".wanmi-canvas").count() == 3
    assert "Demonstration data" in page.locator(".leaflet-control-attribution").inner_text()
    rows = page.locator(".wanmi-legend li").all_inner_texts()
    assert rows[:2] == ["No data", "None"]
    assert len(rows) == 2 + 5
    assert "natural breaks" in page.locator(".wanmi-legend").inner_text()


def test_every_cell_has_the_colour_of_its_count(page: Page) -> None:
    wrong = page.evaluate(
        """() => {
          const { edges, classes, colours, settings } = wanmi.layers.cells;
          const { counts } = settings.counts.json;
          return edges.codes.filter((code, i) =>
            colours[i] !== wanmi.classOf(classes, counts[code] ?? 0)).length;
        }""",
    )
    assert wrong == 0
    seen = page.evaluate("() => new Set(wanmi.layers.cells.colours).size")
    assert seen == 6, "zero and five classes"


def test_a_place_is_found_in_its_cell(page: Page) -> None:
    cells = small_city.lattice(SIDE)
    names = small_city.codes(len(cells))
    for index in (0, 7, 55, 99):
        middle = cells[index].representative_point()
        code = page.evaluate("([x, y]) => wanmi.layers.cells.codeAt(x, y)", [middle.x, middle.y])
        assert code == names[index]
    assert page.evaluate("() => wanmi.layers.cells.codeAt(100, 32)") is None


def test_no_data_zero_and_a_count_look_different(page: Page) -> None:
    pixels = page.evaluate(
        """() => {
          const cells = wanmi.layers.cells;
          const canvas = document.querySelector(".leaflet-wanmi-density-pane canvas");
          const seen = {};
          for (const [name, value] of [["none", null], ["zero", 0], ["many", 9]]) {
            const counts = Object.fromEntries(cells.edges.codes.map((code) => [code, value]));
            cells.set({ counts: { ...counts, [cells.edges.codes[0]]: 9 } });
            const middle = canvas.getContext("2d").getImageData(
              canvas.width / 2 - 40, canvas.height / 2 - 40, 80, 80).data;
            seen[name] = new Set(new Uint32Array(middle.buffer)).size + " " + middle.slice(0, 4);
          }
          return seen;
        }""",
    )
    assert len(set(pixels.values())) == 3


def test_a_click_tells_the_page_place_and_cell(page: Page) -> None:
    page.evaluate(
        "() => addEventListener('wanmi:pick', ({ detail }) => { window.picked = detail; })",
    )
    page.evaluate("() => { wanmi.layers.issues.remove(); }")
    page.mouse.click(720, 450)
    picked = page.evaluate("() => window.picked")
    assert picked["code"] in small_city.codes(SIDE * SIDE)
    assert small_city.WEST < picked["lon"] < small_city.WEST + SIDE * small_city.SIZE


def test_hovering_shows_count_and_code(page: Page) -> None:
    page.evaluate("() => { wanmi.layers.issues.remove(); }")
    page.mouse.move(700, 440)
    page.mouse.move(720, 450)
    tip = page.locator(".wanmi-tip")
    tip.wait_for()
    assert tip.inner_text().split()[1] in small_city.codes(SIDE * SIDE)
    assert page.locator(".wanmi-focus").count() == 1


def test_a_card_shows_the_text_of_others_as_text(page: Page, watch: Watch) -> None:
    page.evaluate("() => wanmi.layers.issues.show([...wanmi.layers.issues.markers.keys()][2])")
    card = page.locator(".wanmi-card")
    card.wait_for()
    assert small_city.NASTY.split("${")[0] in card.inner_text()
    assert card.locator("script").count() == 0
    assert page.evaluate("() => window.hacked") is None
    assert card.locator("h3 a").get_attribute("href").startswith("/desk/61090220261123")
    assert "■ Overdue" in card.inner_text()
    assert watch.faults == []


def test_issues_come_change_and_go_by_number(page: Page) -> None:
    result = page.evaluate(
        """() => {
          const issues = wanmi.layers.issues;
          const before = issues.markers.size;
          issues.add({ number: "n1", lon: 109.002, lat: 32.682, sign: "ok", text: "新" });
          const added = issues.markers.size;
          issues.update({ number: "n1", sign: "late" });
          const { sign, issue } = issues.markers.get("n1").options;
          issues.remove("n1");
          issues.remove("n1");
          return [before, added, sign, issue.text, issues.markers.size, issues.getLayers().length];
        }""",
    )
    assert result == [60, 61, "late", "新", 60, 60]


def test_classes_stay_while_events_come_and_are_chosen_anew_with_another_filter(page: Page) -> None:
    result = page.evaluate(
        """() => {
          const cells = wanmi.layers.cells;
          const lows = () => cells.classes.lows.join();
          const first = lows();
          cells.change({ [cells.edges.codes[0]]: 500 });
          const kept = lows();
          const top = cells.colours[0];
          cells.set({ counts: { [cells.edges.codes[0]]: 500 } });
          return [first === kept, top, lows()];
        }""",
    )
    assert result == [True, 5, "500"]


def test_counts_in_the_order_of_the_edge_file_colour_alike(page: Page) -> None:
    same = page.evaluate(
        """() => {
          const cells = wanmi.layers.cells;
          const before = cells.colours.join();
          cells.set({ counts: {} });
          const between = cells.colours.join();
          const { counts } = cells.settings.counts.json;
          const values = cells.edges.codes.map((code) => counts[code] ?? 0);
          cells.set({ edition: cells.edges.edition, values });
          return [before === between, before === cells.colours.join()];
        }""",
    )
    assert same == [False, True]


def test_counts_of_another_grid_edition_are_refused(page: Page) -> None:
    refused = page.evaluate(
        """() => {
          try { wanmi.layers.cells.set({ edition: "other", values: [1] }); }
          catch (fault) { return fault.message; }
        }""",
    )
    assert refused == "counts of another grid"


def test_turning_a_layer_on_explains_it(page: Page) -> None:
    page.get_by_label("责任网格").check()
    legend = page.locator(".wanmi-legend").inner_text()
    assert "quantiles" in legend
    assert "/km²" in legend
    assert page.locator("path[fill='url(#wanmi-hatch)']").count() == 3
    page.get_by_label("责任网格").uncheck()
    assert "natural breaks" in page.locator(".wanmi-legend").inner_text()


def best_breaks(values: list[float], classes: int) -> list[float]:
    """Return the smallest values of the classes with the least squared spread, by trying all."""
    ordered = np.sort(values)

    def spread(cuts: tuple[int, ...]) -> float:
        groups = np.split(ordered, cuts)
        return sum(((group - group.mean()) ** 2).sum() for group in groups)

    best = min(itertools.combinations(range(1, len(ordered)), classes - 1), key=spread)
    return [float(ordered[cut]) for cut in (0, *best)]


def test_natural_breaks_are_the_optimal_ones(page: Page) -> None:
    for seed in range(5):
        values = np.random.default_rng(seed).gamma(1.5, 4, 16).round(3).tolist()
        classes = page.evaluate("(all) => wanmi.classify(all, 'natural_breaks', 5)", values)
        assert classes["lows"] == best_breaks(values, 5)


def test_few_values_make_few_classes(page: Page) -> None:
    for values, method, lows in (
        ([0, 0, 0], "natural_breaks", []),
        ([], "quantiles", []),
        ([0, 3, 3, 3], "natural_breaks", [3]),
        ([1, 2, 2, 7, 0], "quantiles", [1, 2, 7]),
        ([*range(1, 101)], "quantiles", [1, 21, 41, 61, 81]),
        ([1] * 90 + [2, 3, 4, 5, 6, 7], "quantiles", [1]),
    ):
        got = page.evaluate("([all, method]) => wanmi.classify(all, method, 5)", [values, method])
        assert got["lows"] == lows


def test_lengths_and_areas_are_measured(page: Page) -> None:
    length, area = page.evaluate(
        """() => {
          const square = [[32.7, 109], [32.7, 109.01], [32.71, 109.01], [32.71, 109]];
          const points = square.map((place) => L.latLng(place));
          return [wanmi.lengthOf(wanmi.leaflet, points), wanmi.areaOf(points)];
        }""",
    )
    square = Plane(4545).shape(
        shapely.Polygon([(109, 32.7), (109.01, 32.7), (109.01, 32.71), (109, 32.71)]),
    )
    open_line = shapely.LineString(square.exterior.coords[:4])
    assert length == pytest.approx(open_line.length, rel=0.005)
    assert area == pytest.approx(square.area, rel=0.005)


def test_the_measuring_tool_counts_clicks_and_picks_no_place(page: Page, watch: Watch) -> None:
    page.evaluate("() => { wanmi.layers.issues.remove(); }")
    page.evaluate("() => addEventListener('wanmi:pick', () => { window.picked = true; })")
    tool = page.get_by_role("button", name="Measure")
    tool.click()
    for x, y in ((600, 300), (800, 300), (800, 500)):
        page.mouse.click(x, y)
        page.wait_for_timeout(50)
    page.mouse.dblclick(600, 500)
    told = page.locator(".wanmi-measure").inner_text()
    assert re.fullmatch(r"[\d.,]+ k?m · [\d.,]+ k?m²", told)
    page.mouse.move(900, 600)
    points = page.evaluate("() => document.querySelector('.wanmi-measure-line').getAttribute('d')")
    assert points.count("L") == 3
    assert page.evaluate("() => window.picked") is None
    page.keyboard.press("Escape")
    assert page.locator(".wanmi-measure-line").count() == 0
    assert tool.get_attribute("aria-pressed") == "false"
    assert watch.faults == []


def test_the_dark_theme_repaints_the_canvas(page: Page) -> None:
    corner = """() => [...document.querySelector(".leaflet-wanmi-ground-pane canvas")
      .getContext("2d").getImageData(5, 5, 1, 1).data]"""
    light = page.evaluate(corner)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(200)
    dark = page.evaluate(corner)
    assert sum(dark[:3]) < 150 < sum(light[:3])


# The same map served: links, loaded data, a strict policy


def test_the_served_map_works_under_a_strict_policy(context: BrowserContext, watch: Watch) -> None:
    nonce = "r4nd0m"
    html = city_map("/data/").render_page("示意地图", nonce=nonce)
    serve(
        context,
        {
            "/map": body(
                html,
                "text/html; charset=utf-8",
                Content_Security_Policy=content_security_policy(nonce),
            ),
            **served_data(),
        },
    )
    page = watch.on(context.new_page())
    page.goto(f"{ORIGIN}/map")
    page.evaluate(READY)
    page.wait_for_timeout(300)
    assert watch.faults == []
    assert page.evaluate("() => wanmi.layers.cells.edges.codes.length") == SIDE * SIDE
    assert sum(url.endswith("ground.json") for url in watch.requests) == 1, "loaded once for two"
    assert page.evaluate("() => window.hacked") is None


def test_a_layer_that_cannot_be_loaded_is_said_on_the_map(context: BrowserContext) -> None:
    answers = served_data()
    del answers["/data/density.json"]
    html = city_map("/data/").render_page()
    serve(context, {"/map": body(html, "text/html; charset=utf-8"), **answers})
    page = context.new_page()
    page.goto(f"{ORIGIN}/map")
    page.locator(".wanmi-fault").wait_for()
    assert "could not be loaded" in page.locator(".wanmi-fault").inner_text()


def test_plug_ins_of_folium_work_with_the_served_versions(
    context: BrowserContext,
    watch: Watch,
) -> None:
    city = city_map()
    middle = [small_city.SOUTH + 0.005, small_city.WEST + 0.005]
    plugins.Fullscreen(title="全屏").add_to(city)
    plugins.MousePosition().add_to(city)
    folium.Marker(middle, popup="p", icon=folium.Icon(icon="info-sign")).add_to(city)
    serve(context, {"/map": body(city.render_page(), "text/html; charset=utf-8")})
    page = watch.on(context.new_page())
    page.goto(f"{ORIGIN}/map")
    page.evaluate(READY)
    assert page.locator(".leaflet-control-fullscreen, .leaflet-control-zoom-fullscreen").count()
    assert page.locator(".awesome-marker").count() == 2, "marker and its shadow"
    assert watch.faults == []


def served_data() -> dict:
    """The addresses that `small_city.layers(address="/data/")` loads from."""
    inside, outside = small_city.layers(SIDE), small_city.layers(SIDE, address="/data/")
    answers = {}
    for here, there in zip(inside, outside, strict=True):
        for option, address in zip(here.sources, there.sources, strict=True):
            value = option.as_option()
            if "base64" in value:
                content, kind = base64.b64decode(value["base64"]), "application/octet-stream"
            else:
                content, kind = json.dumps(value["json"]), "application/json"
            answers[address.address] = body(content, kind)
    return answers
