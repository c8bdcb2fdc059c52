"""In which encoding is the text of a spatial file written?

Order (standards.md 8.4): what the user says, the .cpg file, the language byte of the DBF header,
strict UTF-8, GB18030 (which contains GBK and GB2312). An announcement is believed only as long as
the text can be read with it: files that announce the wrong one are common.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from wanmi.gis.errors import FileUnreadable
from wanmi.gis.files.archives import beside

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LDID_ENCODINGS = {
    0x13: "cp932",
    0x4D: "gb18030",
    0x4E: "cp949",
    0x4F: "cp950",
    0x78: "cp950",
    0x79: "cp949",
    0x7A: "gb18030",
    0x7B: "cp932",
}
"""Language bytes that say something. 0x03 and 0x57 (ANSI) are what programs write by default."""

UNANNOUNCED = ("utf-8", "gb18030")
"""What is tried, strictly and in this order, when nothing readable was announced."""

_CHINESE = {"gbk", "gb2312", "cp936", "936", "ms936", "ansi 936", "hz"}
_UTF8 = {"65001", "cp65001", "utf8", "utf-8"}
_SAYS_NOTHING = {"", "oem", "ansi", "ldid/87", "ldid/3"}


@dataclass(frozen=True, slots=True)
class Announced:
    """An encoding and who named it: `--encoding`, `.cpg` or `DBF header`."""

    encoding: str
    by: str


class Text(NamedTuple):
    """The bytes of one text and the width of its field (0: no limit)."""

    raw: bytes
    width: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """The encoding that reads the file, and a sentence when an announcement turned out wrong."""

    encoding: str
    note: str | None = None


def encoding_named(name: str) -> str | None:
    """Return Python's name for an encoding as files and people call it, or None if unknown.

    GBK, GB2312 and code page 936 become GB18030, which reads all of them.

    >>> encoding_named("CP936"), encoding_named("65001"), encoding_named("OEM")
    ('gb18030', 'utf-8', None)
    """
    text = name.strip().strip("\ufeff\0").strip().lower()
    if text in _SAYS_NOTHING:
        return None
    if text in _CHINESE:
        return "gb18030"
    if text in _UTF8:
        return "utf-8"
    for candidate in (
        text,
        f"cp{text}",
        text.replace("ansi ", "cp"),
        text.replace("8859", "8859-"),
    ):
        try:
            return codecs.lookup(candidate).name
        except LookupError:
            continue
    return None


def announced(shp: Path, language: int, override: str | None) -> list[Announced]:
    """Return what is said about the encoding of the shapefile `shp`, the strongest first.

    `language` is the language byte of its DBF header.

    Raises:
        FileUnreadable: `override` is no encoding that Python knows.
    """
    if override is not None:
        return [Announced(checked_encoding(override), "--encoding")]
    said = []
    cpg = beside(shp, ".cpg")
    if cpg is not None:
        named = encoding_named(cpg.read_bytes()[:64].decode("ascii", "ignore"))
        if named is not None:
            said.append(Announced(named, "the .cpg file"))
    if language in LDID_ENCODINGS:
        said.append(Announced(LDID_ENCODINGS[language], "the DBF header"))
    return said


def checked_encoding(name: str) -> str:
    """Return Python's name of an encoding that the user gave.

    Raises:
        FileUnreadable: it is not an encoding.
    """
    encoding = encoding_named(name)
    if encoding is None:
        raise FileUnreadable(f"{name!r} is not an encoding; say utf-8 or gb18030, for instance.")
    return encoding


def find_encoding(texts: Iterable[Text], said: list[Announced]) -> Found:
    """Return the encoding that reads all of `texts`; an override is taken as it is.

    Raises:
        FileUnreadable: neither what was announced nor UTF-8 nor GB18030 reads them.
    """
    distinct = {text for text in texts if not text.raw.isascii()}
    if said and said[0].by == "--encoding":
        return Found(said[0].encoding)
    wrong: list[Announced] = []
    for announcement in said:
        if _reads(announcement.encoding, distinct):
            return Found(announcement.encoding, _note(wrong, announcement.encoding))
        wrong.append(announcement)
    for encoding in UNANNOUNCED:
        if _reads(encoding, distinct):
            return Found(encoding, _note(wrong, encoding))
    raise FileUnreadable(
        "The text of the file is neither UTF-8 nor GB18030; say its encoding with --encoding.",
    )


def decode(text: Text, encoding: str) -> str:
    """Return `text` as characters; one cut off by the end of its field is left out.

    A DBF field holds a number of bytes, so that the last character of a full field may be half.

    Raises:
        UnicodeDecodeError: the bytes are not in this encoding.
    """
    try:
        return text.raw.decode(encoding)
    except UnicodeDecodeError as error:
        if len(text.raw) == text.width and _is_cut(error):
            return text.raw[: error.start].decode(encoding)
        raise


def _is_cut(error: UnicodeDecodeError) -> bool:
    return error.end == len(error.object) and (
        "unexpected end" in error.reason or "incomplete" in error.reason
    )


def _reads(encoding: str, texts: Iterable[Text]) -> bool:
    try:
        for text in texts:
            decode(text, encoding)
    except UnicodeDecodeError:
        return False
    return True


def _note(wrong: list[Announced], encoding: str) -> str | None:
    if not wrong:
        return None
    said = " and ".join(f"{item.by} says {item.encoding}" for item in wrong)
    return f"{said[0].upper()}{said[1:]}, but the text is not; it was read as {encoding}."
