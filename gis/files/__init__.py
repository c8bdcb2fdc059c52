"""What rows does a spatial file bring to a layer? The one place that opens shapefiles and the like.

`read_layer` is the door; behind it, in the order of the work: `archives` (which file), `rawtables`
with `dbf`, `csvtables` and `charsets` (what it holds), `frames` (where that is), `fieldmap` and
`values` (what it means), `rowshapes` and `rowchecks` (what is taken), `members` (cells of zones).
"""

from wanmi.gis.files.archives import Limits
from wanmi.gis.files.fieldmap import fields_from_text
from wanmi.gis.files.members import Member
from wanmi.gis.files.reading import LayerFile, Note, Row, Saying, read_layer

__all__ = [
    "LayerFile",
    "Limits",
    "Member",
    "Note",
    "Row",
    "Saying",
    "fields_from_text",
    "read_layer",
]
