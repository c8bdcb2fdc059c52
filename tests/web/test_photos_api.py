"""POST and GET /api/v1/photos: evidence comes in, and is seen only through its case."""

from __future__ import annotations

import errno
import os
import subprocess
import uuid
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from support import pictures
from support.problems import refused
from support.small_town import a_report_body, middle_of
from wanmi.platform.casework import picture_intake
from wanmi.platform.casework.picture_store import NO_ROOM, PictureStore
from wanmi.platform.kernel.errors import Unavailable
from wanmi.platform.kernel.service_user import find_service_user
from wanmi.web.wiring.services import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from werkzeug.test import TestResponse

    from support.small_town import Person, SmallTown


def send(
    person: Person,
    data: bytes,
    name: str = "x.jpg",
    field: str = "photo",
    headers: Mapping[str, str] | None = None,
) -> TestResponse:
    form = {field: (BytesIO(data), name)}
    return person.post(
        "/photos", data=form, content_type="multipart/form-data", headers=headers or {}
    )


def kept(person: Person, data: bytes | None = None) -> str:
    answer = send(person, data or pictures.photo())
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json["id"])


def test_a_photo_is_kept_and_shown_without_its_secrets(town: SmallTown) -> None:
    data = pictures.photo(800, 600, exif=pictures.camera_exif())
    answer = send(town.inspector, data)
    assert answer.status_code == 201
    assert (answer.json["width"], answer.json["height"]) == (800, 600)
    photo = answer.json["id"]
    again = send(town.inspector, data)
    assert (again.status_code, again.json["id"]) == (200, photo)
    for size, longest in (("full", 800), ("medium", 800), ("thumbnail", 400)):
        shown = town.inspector.get(f"/photos/{photo}", size=size)
        assert shown.content_type == "image/jpeg"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in shown.headers["Cache-Control"]
        image = Image.open(BytesIO(shown.data))
        assert max(image.size) <= longest
        assert not image.getexif()
        shown.close()


def test_a_photo_is_seen_only_through_its_case(town: SmallTown) -> None:
    photo = kept(town.inspector)
    # Of no case yet: the sender's alone.
    shown = town.inspector.get(f"/photos/{photo}")
    assert shown.status_code == 200
    shown.close()
    refused(town.commander.get(f"/photos/{photo}"), 404)
    answer = town.inspector.reports(at=middle_of(1, 2), photos=[photo])
    assert answer.status_code == 201
    shown = town.commander.get(f"/photos/{photo}")
    assert shown.status_code == 200
    shown.close()
    for stranger in ("county_leader", "north_cleaner", "gisadmin", "admin"):
        refused(town.people[stranger].get(f"/photos/{photo}"), 404)
    refused(town.app.test_client().get(f"/api/v1/photos/{photo}"), 401)


def test_a_photo_of_somebody_else_is_not_reported(town: SmallTown) -> None:
    photo = kept(town.second_inspector)
    refused(town.inspector.reports(photos=[photo]), 422, "photos[0]")
    refused(town.second_inspector.reports(photos=[photo, photo]), 422, "photos[1]")
    assert town.count("cases") == 0
    answer = town.second_inspector.reports(photos=[photo])
    assert answer.status_code == 201
    refused(town.second_inspector.reports(photos=[photo]), 422, "photos[0]")


def test_a_report_with_its_photo_again_is_the_same_report(town: SmallTown) -> None:
    body = a_report_body(photos=[kept(town.inspector)])
    first = town.inspector.post("/reports", body)
    again = town.inspector.post("/reports", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00 an executable that is called photo.jpg",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        pictures.photo()[:2000],
    ],
    ids=["empty", "executable", "pdf", "svg", "gif", "torn"],
)
def test_what_is_no_photo_is_refused(town: SmallTown, data: bytes) -> None:
    refused(send(town.inspector, data), 422)
    assert town.count("photos") == 0


def test_a_bomb_is_not_unpacked(town: SmallTown) -> None:
    refused(send(town.inspector, pictures.png_bomb(), "x.png"), 413)


def test_a_file_too_large_is_refused(town: SmallTown) -> None:
    def send_bytes(count: int) -> TestResponse:
        head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="x.jpg"\r\n\r\n'
        body = head + b"\xff\xd8" + b"\0" * (count - 2) + b"\r\n--x--\r\n"
        kind = "multipart/form-data; boundary=x"
        return town.inspector.post("/photos", data=body, content_type=kind)

    most = town.settings.photo_bytes
    refused(send_bytes(most), 422)  # taken, but no photo
    refused(send_bytes(most + 1), 413)
    refused(send_bytes(most + 10_000), 413)


def test_a_form_without_its_photo_is_refused(town: SmallTown) -> None:
    refused(send(town.inspector, pictures.photo(), field="file"), 422, "photo", "file")
    refused(town.inspector.post("/photos", {"photo": "x"}), 422, "photo")
    refused(town.inspector.post("/photos", data=b"x", content_type="image/jpeg"), 422, "photo")
    broken = town.inspector.post(
        "/photos", data=b"--x\r\nno end", content_type="multipart/form-data; boundary=x"
    )
    refused(broken, broken.status_code)
    assert broken.status_code in {400, 422}


@pytest.mark.parametrize("who", ["dispatcher", "gisadmin", "admin"])
def test_who_sends_no_photos_is_told_so(town: SmallTown, who: str) -> None:
    refused(send(town.people[who], pictures.photo()), 403)


def test_a_full_disk_is_said_and_nothing_is_entered(
    town: SmallTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Unavailable("There is no room for photos just now; try again later.") from OSError(
            errno.ENOSPC, "no space"
        )

    monkeypatch.setattr(PictureStore, "put", full)
    monkeypatch.setattr(picture_intake, "_in_child", full)
    refused(send(town.inspector, pictures.photo(quality=71)), 503)
    assert town.count("photos") == 0


@pytest.fixture
def small_disk(town: SmallTown) -> Iterator[Path]:
    """The town's photos on a disk of one megabyte; what lay there before is back afterwards."""
    folder = town.services.pictures.folder
    folder.mkdir(exist_ok=True)
    user = find_service_user(town.settings.service_user)
    owner = f"uid={user.uid},gid={user.gid},mode=750"
    command = ["mount", "-t", "tmpfs", "-o", f"size=1m,{owner}", "none", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, *, but: int) -> Path:
    """Use up a disk but for so many bytes; returns the file that does."""
    room = os.statvfs(disk)
    filler = disk / "filler"
    filler.write_bytes(bytes(room.f_bavail * room.f_frsize - but))
    return filler


def photos_in(folder: Path) -> list[str]:
    """Return every photo and half photo in a store."""
    return sorted(path.name for path in folder.rglob("*") if path.suffix == ".jpg") + sorted(
        path.name for path in (folder / "incoming").glob("*")
    )


ONE_MEGABYTE = 1_048_576
SENTENCES = {"en": NO_ROOM, "zh": "照片存储空间已满"}


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("left", [0, 12 * 1024], ids=["from the start", "in the middle"])
def test_a_full_disk_is_said_and_the_same_photo_works_afterwards(
    town: SmallTown,
    small_disk: Path,
    monkeypatch: pytest.MonkeyPatch,
    left: int,
    language: str,
) -> None:
    # With less than no reserve the check before writing says yes, and the disk itself says no.
    store = PictureStore(small_disk, reserve_bytes=-ONE_MEGABYTE)
    at_hand = replace(town.services, pictures=store)
    monkeypatch.setitem(town.app.extensions, EXTENSION, at_hand)
    data = pictures.photo(1600, 1200, quality=70)
    filler = fill(small_disk, but=left)
    answer = send(town.inspector, data, headers={"Accept-Language": language})
    problem = refused(answer, 503)
    assert SENTENCES[language] in problem["detail"]
    assert photos_in(small_disk) == []
    assert town.count("photos") == 0
    filler.unlink()
    assert send(town.inspector, data).status_code == 201
    assert len(photos_in(small_disk)) == 3
    assert town.count("photos") == 1


@pytest.mark.parametrize("photo", [str(uuid.UUID(int=9)), "x", "..%2F..%2Fetc%2Fpasswd"])
def test_what_is_not_there_is_not_found(town: SmallTown, photo: str) -> None:
    refused(town.inspector.get(f"/photos/{photo}"), 404)


def test_a_size_that_is_none_is_named(town: SmallTown) -> None:
    refused(town.inspector.get(f"/photos/{kept(town.inspector)}", size="huge"), 422, "size")
