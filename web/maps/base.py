"""How is a map composed so that it asks no other host for anything?

`WanmiMap` is folium's map with its links swapped for served files, its own first view, no tiles
unless an address is set, and three ways out: parts for a page of ours, a page of its own, and one
file that opens with no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import folium
from folium.template import Template
from markupsafe import Markup

from wanmi.web.maps import links
from wanmi.web.maps.escape import escaped, script_json
from wanmi.web.maps.figure import PlainFigure, Verbatim, with_nonce
from wanmi.web.maps.standalone import inlined
from wanmi.web.maps.words import map_words

if TYPE_CHECKING:
    from wanmi.gis.points import Bounds
    from wanmi.web.maps.tiles import TileAddress

STATIC_ROOT = "/static/"
MAX_ZOOM = 20


@dataclass(frozen=True, slots=True)
class MapParts:
    """The three parts of a map for a template: links and styles, the element, the script."""

    head: Markup
    body: Markup
    script: Markup


class WanmiMap(folium.Map):
    """A folium map without outside links.

    Args:
        bounds: the box that is in view first.
        words: the map's own words, from `map_words`.
        tiles: pictures under everything, when the city has set an address.
        demonstration: say on the map that its data are made up (示意数据).
        static_root: where `web/static` is served.
    """

    default_js = [("leaflet", "leaflet"), ("wanmi_core", "wanmi_core")]  # noqa: RUF012 - folium's
    default_css = [  # noqa: RUF012 - folium's
        ("leaflet_css", "leaflet_css"),
        ("wanmi_tokens", "wanmi_tokens"),
        ("wanmi_map_css", "wanmi_map_css"),
    ]

    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <div class="folium-map wanmi-map" id="{{ this.get_name() }}"></div>
        {% endmacro %}

        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = wanmi.map({{ this.get_name()|tojson }}, {{ this.setup }});
        {% endmacro %}
        """,
    )

    def __init__(
        self,
        bounds: Bounds,
        *,
        words: dict[str, str] | None = None,
        tiles: TileAddress | None = None,
        demonstration: bool = True,
        static_root: str = STATIC_ROOT,
    ) -> None:
        """Lay out an empty map."""
        centre = ((bounds.min_lat + bounds.max_lat) / 2, (bounds.min_lon + bounds.max_lon) / 2)
        super().__init__(location=centre, tiles=None)
        self.figure = PlainFigure()
        self.figure.add_child(self)
        self.bounds = bounds
        self.words = words if words is not None else map_words()
        self.demonstration = demonstration
        self.static_root = static_root
        self.outside_tiles = tiles is not None
        if tiles is not None:
            folium.TileLayer(
                tiles.template,
                attr=escaped(tiles.attribution),
                subdomains=tiles.subdomains,
                max_native_zoom=tiles.max_zoom,
                max_zoom=MAX_ZOOM,
                control=False,
            ).add_to(self)

    @property
    def setup(self) -> str:
        """What the map's script is told, as JSON."""
        box = self.bounds
        return script_json(
            {
                "bounds": [[box.min_lat, box.min_lon], [box.max_lat, box.max_lon]],
                "maxZoom": MAX_ZOOM,
                "words": self.words,
                "demonstration": self.demonstration,
            },
        )

    def _rendered(self) -> PlainFigure:
        figure = self.figure
        for child in tuple(figure._children.values()):  # noqa: SLF001 - branca has no other way
            child.render()
        for name in links.needed(links.walk(figure)):
            link = links.link_to(name, self.static_root)
            if link is not None:
                figure.header.add_child(link, name=name)
        links.swap_links(figure, self.static_root)
        return figure

    def add_js_link(self, name: str, url: str) -> None:
        """Add a script to this map alone (folium would add it to every map there will be)."""
        self.default_js = [*self.default_js, (name, url)]

    def add_css_link(self, name: str, url: str) -> None:
        """Add a style to this map alone (folium would add it to every map there will be)."""
        self.default_css = [*self.default_css, (name, url)]

    def parts(self, nonce: str = "", *, inside_page: bool = True) -> MapParts:
        """Return the map in three parts for a template; the nonce goes on inline tags.

        Inside a page of ours (base.html) the style of colours and sizes is there already.

        Raises:
            MapAssetUnknown: a plug-in asks for a file that is not served.
        """
        figure = self._rendered()
        if inside_page:
            del figure.header._children["wanmi_tokens"]  # noqa: SLF001 - branca has no other way
        head, body = (with_nonce(part.render(), nonce) for part in (figure.header, figure.html))
        script = with_nonce(f"<script>\n{figure.script.render()}\n</script>", nonce)
        return MapParts(Markup(head), Markup(body), Markup(script))  # noqa: S704 - escaped text

    def render_page(self, title: str = "", nonce: str = "", lang: str = "zh-CN") -> str:
        """Return the map as a page of its own, with links to served files only.

        Raises:
            MapAssetUnknown: a plug-in asks for a file that is not served.
        """
        parts = self.parts(nonce, inside_page=False)
        return (
            f'<!DOCTYPE html>\n<html lang="{escaped(lang)}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escaped(title)}</title>\n{parts.head}\n</head>\n"
            f'<body class="map-page">\n{parts.body}\n{parts.script}\n</body>\n</html>\n'
        )

    def render_standalone(self, title: str = "", lang: str = "zh-CN") -> str:
        """Return one file that holds scripts, styles, pictures and data and needs no network.

        Raises:
            MapAssetUnknown: a plug-in asks for a file that is not served.
            ValueError: a layer or a tile address would still have to be loaded.
        """
        if self.outside_tiles:
            raise ValueError("A self-contained map has no tiles; make it without a tile address.")
        for element in links.walk(self):
            loaded = [source.address for source in getattr(element, "sources", ())]
            if any(loaded):
                raise ValueError(
                    f"{type(element).__name__} would load {', '.join(filter(None, loaded))}; "
                    "give a self-contained map the data itself.",
                )
        return inlined(self.render_page(title, lang=lang), self.static_root)

    def add_script(self, text: str) -> None:
        """Add a script of ours behind all that is on the map. Never a text of others."""
        self.figure.script.add_child(Verbatim(text))

    def _repr_html_(self, **_kwargs: object) -> str:
        """Show the map in a notebook."""
        return self.render_standalone()
