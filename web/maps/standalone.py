"""How does a page of ours become one file that opens with no network?"""

from __future__ import annotations

import base64
import mimetypes
import re
from typing import TYPE_CHECKING

from wanmi.web.maps.escape import script_json
from wanmi.web.maps.links import STATIC, MapAssetUnknown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SCRIPT = re.compile(r'<script src="([^"]+)"></script>')
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"\s*/?>')
_CSS_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)""")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_CLOSES_TAG = re.compile(r"<(?=/script|!--)", re.IGNORECASE)

_LEAFLET_IMAGES = STATIC / "vendor" / "leaflet" / "dist" / "images"
_LEAFLET_ICON = {
    "iconUrl": "marker-icon.png",
    "iconRetinaUrl": "marker-icon-2x.png",
    "shadowUrl": "marker-shadow.png",
}


def data_uri(path: Path) -> str:
    """Return the file as a data URI."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def inlined(page: str, static_root: str) -> str:
    """Return `page` with every served script, style and picture inside it.

    Raises:
        MapAssetUnknown: the page links to something that is not a served file.
    """
    page = _SCRIPT.sub(_replacing(static_root, _script_tag), page)
    return _STYLE.sub(_replacing(static_root, _style_tag), page)


def _replacing(
    static_root: str,
    tag: Callable[[Path], str],
) -> Callable[[re.Match[str]], str]:
    def replace(found: re.Match[str]) -> str:
        address = found.group(1)
        path = STATIC / address.removeprefix(static_root)
        if not address.startswith(static_root) or not path.is_file():
            raise MapAssetUnknown(
                f"{address} is not a served file; run `python -m wanmi.web.assets` to fetch it.",
            )
        return tag(path)

    return replace


def _script_tag(path: Path) -> str:
    text = _SOURCE_MAP.sub("", path.read_text(encoding="utf-8"))
    text = _CLOSES_TAG.sub(r"<\\", text)
    if path.name == "leaflet.js":
        text += "\n" + _leaflet_icons()
    return f"<script>\n{text}\n</script>"


def _leaflet_icons() -> str:
    """Return a script that gives Leaflet its marker pictures, which it would look for by path."""
    icons = {name: data_uri(_LEAFLET_IMAGES / file) for name, file in _LEAFLET_ICON.items()}
    return f'L.Icon.Default.imagePath = "";\nL.Icon.Default.mergeOptions({script_json(icons)});'


def _style_tag(path: Path) -> str:
    def replace(found: re.Match[str]) -> str:
        target = next((group for group in found.groups() if group), "")
        if not target or target.startswith(("#", "data:")):
            return found.group(0)
        picture = (path.parent / target.split("?")[0].split("#")[0]).resolve()
        if not picture.is_file():
            return 'url("data:,")'  # an older format of a font that is not sent
        return f'url("{data_uri(picture)}")'

    text = _CSS_URL.sub(replace, path.read_text(encoding="utf-8"))
    return f"<style>\n{text}\n</style>"
