"""`wanmi geocode`: cell, street, zone and unit for every row of a table, however long."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wanmi.gis.points import Datum
from wanmi.platform.kernel.errors import Invalid, Unavailable
from wanmi.web.cli.saying import datum_option, progress, say

if TYPE_CHECKING:
    from wanmi.gis.files.pointcolumns import PointColumns
    from wanmi.gis.files.tablestreams import TableStream
    from wanmi.platform.casework.bulk_geocode import BulkGeocoder, Summary
    from wanmi.platform.casework.bulk_tables import Doubts
    from wanmi.platform.kernel.settings import Settings

EXAMPLES = 5


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to; .csv, .parquet or .gpkg.",
)
@click.option("--x", metavar="COLUMN", help="Column of the longitude; lon, lng, x, 经度 are known.")
@click.option("--y", metavar="COLUMN", help="Column of the latitude; lat, y, 纬度 are known.")
@datum_option
@click.option("--crs", metavar="EPSG:n", help="The frame, when the columns hold metres.")
@click.option(
    "--class-field", metavar="COLUMN", help="Column of the class of matters, five digits."
)
@click.option("--encoding", help="Of a CSV; UTF-8 and GB18030 are found out.")
@click.option("--prefix", default="", metavar="TEXT", help="Before the names of the added columns.")
@click.pass_obj
def geocode(  # noqa: PLR0913 - one for each thing that can be said of a table
    settings: Settings,
    file: Path,
    output: Path,
    *,
    x: str | None,
    y: str | None,
    datum: str | None,
    crs: str | None,
    class_field: str | None,
    encoding: str | None,
    prefix: str,
) -> None:
    """Write FILE (.csv, .parquet or .gpkg) with the columns of the grid: every row, same order.

    Added are cell_code, match (inside, nearest, none, or invalid for coordinates that cannot be
    read), distance_m, street, zone (the inspection zone's code), unit_code, unit_name and rule.
    With --class-field the unit is the one that the responsibility rules propose, without it the
    territorial one (属地), and rule says "territorial".
    """
    from wanmi.gis.files.pointcolumns import Asked, PointColumns
    from wanmi.gis.files.tableopening import open_table
    from wanmi.gis.files.tablewriting import check_suffix
    from wanmi.platform.casework.bulk_tables import Wanted, geocode_table
    from wanmi.web.cli.standing import ready_database
    from wanmi.web.cli.user_files import staged

    check_suffix(output)
    if output.exists() and output.samefile(file):
        raise Invalid("The output would replace the table that is read; give it another name.")
    with open_table(file, encoding) as stream, staged(settings, output) as path:
        asked = Asked(x, y, Datum(datum) if datum else None, crs)
        points = PointColumns.of(stream, asked)
        _say_frame(points)
        with ready_database(settings) as engine:
            geocoder = _geocoder(settings, engine)
            with progress(stream.total, "geocoding") as bar:
                wanted = Wanted(points, class_field, prefix)
                doubts = geocode_table(geocoder, stream, wanted, path, bar.update)
    _say_summary(output, geocoder.summary)
    _say_doubts(stream, doubts, geocoder.summary)


def _geocoder(settings: Settings, engine: object) -> BulkGeocoder:
    from wanmi.platform.casework.bulk_geocode import BulkGeocoder
    from wanmi.platform.casework.office import open_office

    office = open_office(settings.city, engine, settings.home)  # type: ignore[arg-type]
    ground = office.ground.current()
    if ground.index is None:
        raise Unavailable("There are no cells yet: `wanmi load cells FILE`, or `wanmi up` first.")
    return BulkGeocoder(office, ground, settings.locale)


def _say_frame(points: PointColumns) -> None:
    if points.datum_taken:
        say("no --datum was given: wgs84 is taken")
    else:
        say(f"coordinates are taken as {points.frame}")


def _say_summary(output: Path, summary: Summary) -> None:
    parts = [f"{count:,} {match}" for match, count in sorted(summary.matches.items())]
    say(f"{output}: {summary.rows:,} rows" + (f" ({', '.join(parts)})" if parts else ""))


def _say_doubts(stream: TableStream, doubts: Doubts, summary: Summary) -> None:
    if doubts.swapped:
        say(
            f"{doubts.swapped:,} rows have latitude where longitude is expected: if it is the whole"
            " file, exchange --x and --y",
        )
    if doubts.metres:
        say(
            f"{doubts.metres:,} rows hold no degrees: if they are metres, say --crs EPSG:4545 or so"
        )
    if stream.longer:
        first = ", ".join(map(str, stream.longer[:EXAMPLES]))
        say(
            f"{len(stream.longer):,} rows have more fields than the header and count as invalid; "
            f"what is too much stays in their last column: {first}",
        )
    unknown = summary.unknown_classes
    if unknown:
        first = ", ".join(
            f"{code!r} {count:,} times" for code, count in unknown.most_common(EXAMPLES)
        )
        say(f"{unknown.total():,} rows have no class of the catalogue and get no unit: {first}")
