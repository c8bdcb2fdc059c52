"""`wanmi report`: a report from the shell, by the same way as one from the street."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wanmi.platform.kernel.errors import Invalid, NotFound, TooLarge
from wanmi.web.cli.saying import datum_option, json_option, put_json, put_pairs, said_datum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from wanmi.platform.casework.office import Office
    from wanmi.platform.casework.pictures import PictureFacts
    from wanmi.platform.kernel.settings import Settings
    from wanmi.platform.organisation.permits import Viewer

DEMONSTRATION = "inspector"
SOURCE = "report.source."


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("class_code", metavar="CLASS")
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@click.option("--text", default="", help="What is to be seen.")
@click.option(
    "--photo",
    "photos",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JPEG, PNG or WebP; may be said several times.",
)
@datum_option
@click.option("--as", "login", metavar="USER", help="Whose report it is; inspector if not said.")
@click.option("--source", help="Where it came from; the first that the role may name.")
@json_option
@click.pass_obj
def report(  # noqa: PLR0913 - one for each thing that is said in a report
    settings: Settings,
    class_code: str,
    lon: float,
    lat: float,
    *,
    text: str,
    photos: tuple[Path, ...],
    datum: str | None,
    login: str | None,
    source: str | None,
    as_json: bool,
) -> None:
    """File a report of the class CLASS (five digits) at LON LAT (degrees), seen now."""
    from wanmi.platform.casework.intake import sender_of, submit
    from wanmi.platform.casework.office import open_office
    from wanmi.web.api.report_models import ReportIn
    from wanmi.web.cli.speaking import speaking
    from wanmi.web.cli.standing import ready_database
    from wanmi.web.presenters.cases import receipt_body
    from wanmi.web.wiring.bodies import parse_json
    from wanmi.web.wiring.waker import wake_once

    now = datetime.now(UTC)
    said: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "class_code": class_code,
        "description": text,
        "location": {"lon": lon, "lat": lat, "datum": said_datum(datum).value},
        "observed_at": now.isoformat(),
        "source": source or "unsaid",
        "photos": [str(uuid.uuid4()) for _ in photos],
    }
    # The same door as for a report over HTTP; before any photo is read.
    parse_json(ReportIn, json.dumps(said).encode())
    pictures = _take_pictures(settings, photos)
    with ready_database(settings) as engine, speaking(settings):
        office = open_office(settings.city, engine, settings.home)
        with engine.begin() as connection:
            viewer = _viewer(connection, office, login)
            said["photos"] = _keep(connection, pictures, viewer, now)
            said["source"] = source or _usual_source(office, viewer)
            asked = parse_json(ReportIn, json.dumps(said).encode()).report()
            taken = submit(connection, office, asked, sender_of(viewer), now)
        wake_once(engine)
        body = receipt_body(office, taken.case)
    if as_json:
        put_json(body)
    else:
        put_pairs(_lines(body))


def _take_pictures(settings: Settings, photos: Sequence[Path]) -> list[PictureFacts]:
    """Put photos into the store. Root reads the bytes; a child that is not root decodes them."""
    from wanmi.platform.casework.picture_intake import take_in
    from wanmi.platform.casework.picture_store import PictureStore
    from wanmi.platform.kernel.service_user import find_service_user, prepare_home

    if not photos:
        return []
    user = find_service_user(settings.service_user)
    prepare_home(settings.home, user)
    store, most = PictureStore(settings.home / "photos"), settings.photo_bytes
    found = []
    for path in photos:
        with path.open("rb") as file:
            data = file.read(most + 1)
        try:
            found.append(take_in(data, store, user=user, max_bytes=most))
        except (Invalid, TooLarge) as error:
            raise type(error)(f"{path}: {error.message}") from error
    return found


def _viewer(connection: Connection, office: Office, login: str | None) -> Viewer:
    from wanmi.platform.organisation.accounts import account_by_login
    from wanmi.platform.organisation.permits import viewer

    try:
        account = account_by_login(connection, login or DEMONSTRATION)
    except NotFound as error:
        if login is not None:
            raise
        raise NotFound(
            f"There is no account {DEMONSTRATION}; say whose report it is: --as USER.",
        ) from error
    return viewer(account, office.roles, office.register)


def _keep(
    connection: Connection, pictures: Sequence[PictureFacts], viewer: Viewer, now: datetime
) -> list[str]:
    from wanmi.platform.casework.evidence import keep_photo

    if pictures:
        viewer.must("photo.add")
    account = viewer.account_id
    return [str(keep_photo(connection, one, account_id=account, now=now).id) for one in pictures]


def _usual_source(office: Office, viewer: Viewer) -> str:
    sources = office.roles.sources
    return next((name for name in sources if viewer.may(SOURCE + name)), sources[0])


def _lines(body: dict[str, Any]) -> list[tuple[str, object]]:
    cell, street, unit = body["cell"], body["street"], body["suggested_unit"]
    return [
        ("number", body["number"]),
        ("status", body["status"]),
        ("cell", cell["code"] or cell["match"]),
        ("street", street["name"] if street else None),
        ("suggested unit", f"{unit['name']} ({unit['code']})" if unit else None),
        *(("flag", flag["text"]) for flag in body["flags"]),
        ("stage due", body["stage_due_at"]),
        ("id", body["id"]),
    ]
