"""What does branca put on a page, and how is it kept from reading texts as templates?

`MacroElement.render` wraps what it has rendered in a new `Element`, whose text is a Jinja template:
a report that says `{{ … }}` would be worked out on the server. `PlainFigure` takes such an
element's text as it is.
"""

from __future__ import annotations

import re

from branca.element import Element, Figure

_OPENING_TAG = re.compile(r"<(script|style)(?![^>]*\snonce=)(?=[\s>])", re.IGNORECASE)


class Verbatim(Element):
    """A text that is put on the page as it is."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        super().__init__()
        self._name = "Verbatim"
        self.text = text

    def render(self, **_kwargs: object) -> str:
        """Return the text."""
        return self.text


class PlainSection(Element):
    """A part of the page (head, body, script) whose children are rendered once, never twice."""

    def render(self, **kwargs: object) -> str:
        """Return the children's texts, one below the other."""
        return "\n".join(self._text_of(child, kwargs) for child in self._children.values())

    @staticmethod
    def _text_of(child: Element, kwargs: dict[str, object]) -> str:
        if type(child) is Element and child._template_str is not None:  # noqa: SLF001
            return child._template_str  # noqa: SLF001
        return child.render(**kwargs)


class PlainFigure(Figure):
    """branca's figure with the three parts made safe."""

    def __init__(self) -> None:
        """Make the three parts."""
        super().__init__()
        for part in ("header", "html", "script"):
            section = PlainSection()
            section._parent = self  # noqa: SLF001 - branca has no other way
            setattr(self, part, section)


def with_nonce(html: str, nonce: str) -> str:
    """Return `html` with the nonce on every script and style tag that has none.

    Only for text whose tags are ours: a nonce lets every tag run that carries it.
    """
    return _OPENING_TAG.sub(rf'<\1 nonce="{nonce}"', html) if nonce else html
