"""Small made-up tables for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

JURISDICTIONS = """\
code,name_zh,name_en,kind,parent,unit_code,territorial_level
1,市,City,city,,GOV,jurisdiction
11,区,District,district,1,DIST,community
12,新区,New Zone,functional_zone,1,ZONE,jurisdiction
13,镇区,Towns,district,1,DIST,subdistrict
"""

UNITS = """\
code,name_zh,name_en,kind,parent,jurisdiction_code,division_code,head,deputies,direct,phone
GOV,市政府,City,government,,1,,甲,,,
DIST,区政府,District,government,GOV,11,,乙,丙;丁,戊,
ZONE,管委会,Committee,government,GOV,12,,乙,,,
TOWN,街道,Subdistrict,subdistrict,DIST,11,610902001,乙,,,
COMM,社区,Community,community,TOWN,11,610902001003,乙,,,
POL,公安,Police,department,GOV,1,,乙,,,
CLEAN,环卫,Cleaners,company,GOV,1,,乙,,,
GREEN,园林,Gardeners,company,GOV,1,,乙,,,
"""

DIMENSIONS_OF_CLASSES = """\
classes,dimension,note
04*,greening,
06*,sanitation,
09*,traffic,
"""

RULES_HEADER = "code,classes,dimensions,place,jurisdictions,unit,reason_zh,reason_en\n"
LAST_RULE = "last,*,,jurisdiction,,jurisdiction.unit,属地,territory\n"


def put(folder: Path, name: str, text: str) -> Path:
    """Write a table and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
