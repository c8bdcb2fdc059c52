"""How does a text of somebody else get into a map's page without doing anything there?

Folium puts popups and tooltips unescaped into JavaScript template literals, and branca reads what
an element rendered as a Jinja template a second time: `<script>`, `${…}` and `{{ … }}` in a report
would all run, the last one on the server. So every text goes through `escaped`, every value of a
script through `script_json`.
"""

from __future__ import annotations

import json
import re

from markupsafe import escape

_ENTITIES = str.maketrans({char: f"&#{ord(char)};" for char in "`$\\{}"})
_TEMPLATE_OPENING = re.compile(r"\{(?=[{%#])")
_IN_SCRIPT = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "'": "\\u0027",
    "`": "\\u0060",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_IN_SCRIPT_TABLE = str.maketrans(_IN_SCRIPT)


def escaped(text: object) -> str:
    """Return `text` as HTML that shows exactly this text, in a page, a script or a template.

    >>> escaped("<b>${x}")
    '&lt;b&gt;&#36;&#123;x&#125;'
    """
    return str(escape(str(text))).translate(_ENTITIES)


def script_json(value: object) -> str:
    r"""Return `value` as JSON that may stand in an inline script.

    NaN and infinity are refused (ValueError): JSON has none.

    >>> script_json({"a": "</script>{{"})
    '{"a":"\\u003c/script\\u003e\\u007b{"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _TEMPLATE_OPENING.sub(r"\\u007b", text.translate(_IN_SCRIPT_TABLE))
