"""`wanmi load` and `wanmi export`: files into the layers of the city, and layers into files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wanmi.gis.layers import LAYERS
from wanmi.gis.points import Datum
from wanmi.platform.kernel.errors import Invalid
from wanmi.web.cli.saying import DATUMS, json_option, progress, put_json, put_table, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanmi.gis.files import LayerFile
    from wanmi.gis.loadresult import LoadResult
    from wanmi.platform.kernel.settings import Settings

COUNTS = ("added", "changed", "unchanged", "withdrawn", "absent")
SHOWN = 20
"""Complaints that are said one by one; the others are counted."""

PATIENCE = "15min"
LAYER = click.Choice(tuple(LAYERS))
FILE = click.Path(path_type=Path, exists=True)


@click.command()
@click.argument("layer", type=LAYER, metavar="LAYER")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option("--crs", metavar="EPSG:n", help="The frame of the numbers, over what the file says.")
@click.option("--datum", type=click.Choice(DATUMS), help="What degrees are measured in.")
@click.option("--encoding", help="Of text in shapefiles and CSV; found out when not said.")
@click.option(
    "--field",
    "fields",
    metavar="STANDARD=THEIRS",
    multiple=True,
    help="A field that the file calls otherwise, e.g. BGID=GRID_NO.",
)
@click.option(
    "--complete",
    is_flag=True,
    help="The file holds the whole layer: rows that it lacks are withdrawn.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@json_option
@click.pass_obj
def load(  # noqa: PLR0913 - one for each thing that can be said of a file
    settings: Settings,
    layer: str,
    files: tuple[Path, ...],
    *,
    crs: str | None,
    datum: str | None,
    encoding: str | None,
    fields: tuple[str, ...],
    complete: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Load FILEs into LAYER: folders, .shp, .zip, .gpkg, .geojson or .csv, all or none of them.

    Rows are known by their key, so that the same file twice changes nothing. Rows that cannot be
    taken are named with row and field, and the others are loaded; the status is 1 when none was.

    Layers: divisions, jurisdictions, cells, zones, streets, frontages, sections, areas, parks,
    components, places, schools, greening_points, inspection_routes.
    """
    from wanmi.gis.files import Saying, fields_from_text

    if complete and len(files) > 1:
        raise Invalid("--complete speaks of one file that holds the whole layer; give one FILE.")
    said = Saying(crs, Datum(datum) if datum else None, encoding, fields_from_text(fields))
    read = _read(layer, files, said)
    results = _load(settings, read, complete=complete, dry_run=dry_run)
    _tell(read, results, dry_run=dry_run, as_json=as_json)
    if not any(result.taken for result in results):
        raise click.exceptions.Exit(1)


def _read(layer: str, files: Sequence[Path], saying: Any) -> list[LayerFile]:  # noqa: ANN401
    from dataclasses import replace

    from wanmi.gis.files import read_layer

    read = []
    with progress(len(files), "reading") as bar:
        for path in files:
            its = saying
            # Alone among the formats, a CSV has no place to say its frame.
            if path.suffix.lower() == ".csv" and not saying.crs and not saying.datum:
                say(f"{path.name}: no --datum or --crs was given: wgs84 is taken")
                its = replace(saying, datum=Datum.WGS84)
            read.append(read_layer(path, LAYERS[layer], its))
            bar.update(1)
    return read


def _load(
    settings: Settings, read: Sequence[LayerFile], *, complete: bool, dry_run: bool
) -> list[LoadResult]:
    from sqlalchemy import text

    from wanmi.gis.loading import load_layer
    from wanmi.web.cli.standing import ready_database

    results = []
    with ready_database(settings) as engine, engine.connect() as connection:
        connection.execute(text(f"SET LOCAL statement_timeout = '{PATIENCE}'"))
        with progress(len(read), "loading") as bar:
            for file in read:
                now = datetime.now(settings.city.time_zone)
                results.append(load_layer(connection, file, now=now, complete=complete))
                bar.update(1)
        if dry_run:
            connection.rollback()
        else:
            connection.commit()
    return results


def _tell(
    read: Sequence[LayerFile], results: Sequence[LoadResult], *, dry_run: bool, as_json: bool
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "file": file.name,
            "layer": result.layer,
            "frame": file.frame,
            "encoding": file.encoding,
            **{count: getattr(result, count) for count in COUNTS},
            "complaints": [
                {"row": complaint.row, "field": complaint.field, "message": str(complaint)}
                for complaint in result.complaints
            ],
            "notes": [{"row": note.row, "message": note.message} for note in result.notes],
            "edition": result.edition,
        }
        for file, result in zip(read, results, strict=True)
    ]
    if as_json:
        put_json({"dry_run": dry_run, "files": rows})
        return
    for row in rows:
        for note in (*row["complaints"], *row["notes"])[:SHOWN]:
            where = [f"row {note['row']}"] if note["row"] else []
            where += [note["field"]] if note.get("field") else []
            say(": ".join([", ".join([row["file"], *where]), note["message"]]))
        left = len(row["complaints"]) + len(row["notes"]) - SHOWN
        if left > 0:
            say(f"{row['file']}: and {left} more; --json lists all")
    columns = ("file", "frame", *COUNTS)
    shown = [[*(row[name] for name in columns), len(row["complaints"])] for row in rows]
    put_table((*columns, "not taken"), shown)
    editions = [row["edition"] for row in rows if row["edition"]]
    if dry_run:
        say("nothing was changed (--dry-run)")
    elif editions:
        say(f"the grid has edition {editions[-1]} now")


@click.command()
@click.argument("layer", type=LAYER, metavar="LAYER")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to; .gpkg, .shp, .geojson or .csv.",
)
@click.pass_obj
def export(settings: Settings, layer: str, output: Path) -> None:
    """Write LAYER to a file that `wanmi load` can read: fields of the standard, EPSG:4490.

    The layers are those of `wanmi load`; zones bring zone_cells.csv beside them.
    """
    from wanmi.gis.exporting import export_layer
    from wanmi.web.cli.standing import ready_database
    from wanmi.web.cli.user_files import staged

    with (
        staged(settings, output) as path,
        ready_database(settings) as engine,
        engine.connect() as connection,
    ):
        rows = export_layer(connection, LAYERS[layer], path)
    say(f"{output}: {rows:,} rows")
