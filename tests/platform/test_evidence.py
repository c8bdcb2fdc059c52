"""Photos belong to who sent them, stand on one case, and go when no case takes them."""

from __future__ import annotations

import hashlib
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import MetaData, func, inspect, select
from sqlalchemy.exc import IntegrityError

from support import pictures as made
from wanmi.gis.points import Datum, RawPoint
from wanmi.platform.casework.evidence import (
    PhotoStage,
    find_photo,
    keep_photo,
    open_photo,
    photos_of,
    shooting_of,
)
from wanmi.platform.casework.evidence_attach import (
    ELSEWHERE,
    NOT_YOURS,
    OTHER_STAGE,
    TWICE,
    attach,
)
from wanmi.platform.casework.evidence_sweep import Swept, sweep_orphans
from wanmi.platform.casework.evidence_tables import case_photos, photos
from wanmi.platform.casework.picture_intake import take_in
from wanmi.platform.casework.picture_store import PictureStore
from wanmi.platform.casework.pictures import PhotoSize, PictureFacts
from wanmi.platform.casework.shooting import Shooting
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.kernel.errors import Invalid, NotFound
from wanmi.platform.kernel.service_user import find_service_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
WEEK = timedelta(days=7)
LI, WANG = 11, 12
CASE, OTHER_CASE = 501, 502
CHINA = timezone(timedelta(hours=8))


def make_tables(connection: Connection) -> None:
    """Make the tables of this module unless a migration has done so."""
    there = inspect(connection).get_table_names()
    missing = [table for table in (photos, case_photos) if table.name not in there]
    MetaData().create_all(connection, tables=missing)


@pytest.fixture
def base(connection: Connection) -> Connection:
    make_tables(connection)
    return connection


@pytest.fixture
def shared(empty_database: str) -> Iterator[Engine]:
    """A database in which transactions really meet."""
    engine = make_engine(empty_database, pool_size=12)
    with engine.begin() as connection:
        make_tables(connection)
    yield engine
    engine.dispose()


def facts(name: str = "a", shooting: Shooting | None = None) -> PictureFacts:
    content = hashlib.sha256(name.encode()).hexdigest()
    return PictureFacts(content, 640, 480, 54_321, shooting or Shooting())


def keep(connection: Connection, name: str, account: int = LI, now: datetime = NOW) -> uuid.UUID:
    return keep_photo(connection, facts(name), account_id=account, now=now).id


def faults(connection: Connection, ids: list[uuid.UUID], stage: PhotoStage) -> dict[str, str]:
    """What is wrong with the photos of Li's next report."""
    with pytest.raises(Invalid) as caught:
        attach(connection, CASE, ids, stage, account_id=LI)
    return {fault.field: fault.message for fault in caught.value.errors}


class TestKeeping:
    def test_the_same_photo_from_the_same_account_is_one(self, base: Connection) -> None:
        first = keep_photo(base, facts(), account_id=LI, now=NOW)
        again = keep_photo(base, facts(), account_id=LI, now=NOW + WEEK)
        theirs = keep_photo(base, facts(), account_id=WANG, now=NOW)
        assert (first.again, again.again, theirs.again) == (False, True, False)
        assert first.id == again.id != theirs.id
        assert find_photo(base, first.id).received_at == NOW
        assert base.scalar(select(func.count()).select_from(photos)) == 2

    def test_twenty_equal_posts_at_once_make_one_photo(self, shared: Engine) -> None:
        def post(_: int) -> uuid.UUID:
            with shared.begin() as connection:
                return keep_photo(connection, facts(), account_id=LI, now=NOW).id

        with ThreadPoolExecutor(10) as pool:
            assert len(set(pool.map(post, range(20)))) == 1

    @pytest.mark.parametrize(
        "shooting",
        [
            Shooting(),
            Shooting(datetime(2026, 11, 23, 9, 30, tzinfo=CHINA), made.PLACE),
            Shooting(datetime(2026, 11, 23, 9, 30), None),  # noqa: DTZ001 - a camera without zone
            Shooting(None, RawPoint(109.03, 32.69, Datum.GCJ02)),
        ],
    )
    def test_moment_and_place_are_kept_beside_it(
        self, base: Connection, shooting: Shooting
    ) -> None:
        noise = keep(base, "noise")
        kept = keep_photo(base, facts("b", shooting), account_id=LI, now=NOW).id
        assert shooting_of(base, [kept]) == {kept: shooting}
        assert set(shooting_of(base, [kept, noise])) == {kept, noise}
        at = base.scalar(select(photos.c.taken_at).where(photos.c.id == kept))
        zoned = shooting.taken is not None and shooting.taken.tzinfo is not None
        assert at == (shooting.taken if zoned else None)

    def test_what_is_private_is_not_in_what_is_shown(self, base: Connection) -> None:
        private = Shooting(datetime(2026, 11, 23, 9, 30, tzinfo=CHINA), made.PLACE)
        receipt = keep_photo(base, facts("b", private), account_id=LI, now=NOW)
        for shown in (receipt, find_photo(base, receipt.id)):
            assert "2026, 11, 23, 9" not in repr(shown)
            assert "109" not in repr(shown)

    def test_a_photo_that_is_not_there(self, base: Connection) -> None:
        keep(base, "noise")
        with pytest.raises(NotFound):
            find_photo(base, uuid.uuid4())

    def test_half_a_place_and_a_name_that_is_no_hash_cannot_be_stored(
        self, base: Connection
    ) -> None:
        for wrong in ({"taken_lon": 109.0}, {"content": "../../etc/passwd"}):
            kept = keep(base, "a")
            with pytest.raises(IntegrityError), base.begin_nested():
                base.execute(photos.update().where(photos.c.id == kept).values(wrong))


class TestAttaching:
    def test_photos_stand_on_the_case_in_their_order(self, base: Connection) -> None:
        noise = keep(base, "noise", WANG)
        attach(base, OTHER_CASE, [noise], PhotoStage.REPORT, account_id=WANG)
        ids = [keep(base, name) for name in "cab"]
        attach(base, CASE, ids, PhotoStage.REPORT, account_id=LI)
        found = photos_of(base, [CASE, 777])
        assert [photo.id for photo in found[CASE]] == ids
        assert [photo.position for photo in found[CASE]] == [0, 1, 2]
        assert found[777] == []
        assert find_photo(base, ids[1]).case_id == CASE
        assert find_photo(base, ids[1]).stage is PhotoStage.REPORT
        assert photos_of(base, []) == {}

    def test_stages_follow_the_way_of_the_case(self, base: Connection) -> None:
        after, before, report = (keep(base, name) for name in "abc")
        attach(base, CASE, [after], PhotoStage.AFTER, account_id=LI)
        attach(base, CASE, [before], PhotoStage.BEFORE, account_id=LI)
        attach(base, CASE, [report], PhotoStage.REPORT, account_id=LI)
        stages = [photo.stage for photo in photos_of(base, [CASE])[CASE]]
        assert stages == [PhotoStage.REPORT, PhotoStage.BEFORE, PhotoStage.AFTER]

    def test_the_same_again_changes_nothing_and_more_come_behind(self, base: Connection) -> None:
        first, second, third = (keep(base, name) for name in "abc")
        attach(base, CASE, [first, second], PhotoStage.REPORT, account_id=LI)
        attach(base, CASE, [second, third, first], PhotoStage.REPORT, account_id=LI)
        found = photos_of(base, [CASE])[CASE]
        assert [photo.id for photo in found] == [first, second, third]

    def test_no_photo_is_no_fault(self, base: Connection) -> None:
        attach(base, CASE, [], PhotoStage.REPORT, account_id=LI)
        assert photos_of(base, [CASE]) == {CASE: []}

    def test_each_wrong_photo_is_named_and_none_is_taken(self, base: Connection) -> None:
        mine, used, handled = keep(base, "a"), keep(base, "b"), keep(base, "c")
        theirs, nobodys = keep(base, "a", WANG), uuid.uuid4()
        attach(base, OTHER_CASE, [used], PhotoStage.REPORT, account_id=LI)
        attach(base, CASE, [handled], PhotoStage.AFTER, account_id=LI)
        wrong = faults(base, [mine, theirs, nobodys, used, mine, handled], PhotoStage.REPORT)
        assert wrong == {
            "photos[1]": NOT_YOURS,
            "photos[2]": NOT_YOURS,
            "photos[3]": ELSEWHERE,
            "photos[4]": TWICE,
            "photos[5]": OTHER_STAGE,
        }
        assert find_photo(base, mine).case_id is None

    def test_two_reports_at_once_do_not_share_a_photo(self, shared: Engine) -> None:
        with shared.begin() as connection:
            ids = [keep(connection, name) for name in "abc"]

        def report(case_id: int) -> bool:
            order = ids if case_id % 2 else ids[::-1]
            try:
                with shared.begin() as connection:
                    attach(connection, case_id, order, PhotoStage.REPORT, account_id=LI)
            except Invalid:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(report, range(16))) == 1
        with shared.connect() as connection:
            assert len({find_photo(connection, one).case_id for one in ids}) == 1

    def test_a_stage_that_does_not_exist_cannot_be_stored(self, base: Connection) -> None:
        row = {"photo_id": keep(base, "a"), "case_id": CASE, "stage": "during", "position": 0}
        with pytest.raises(IntegrityError):
            base.execute(case_photos.insert().values(row))


@pytest.fixture
def store(home: Path) -> PictureStore:
    return PictureStore(home / "photos", reserve_bytes=0)


def arrive(store: PictureStore, connection: Connection, data: bytes) -> uuid.UUID:
    """A photo comes in as the web lets it in."""
    user = find_service_user("postgres")
    taken = take_in(data, store, user=user, max_bytes=15_000_000)
    return keep_photo(connection, taken, account_id=LI, now=NOW).id


def age(store: PictureStore, moment: datetime) -> None:
    for path in store.folder.rglob("*.jpg"):
        os.utime(path, (moment.timestamp(), moment.timestamp()))


class TestFromEndToEnd:
    def test_a_photo_is_sent_attached_shown_and_stays(
        self, base: Connection, store: PictureStore
    ) -> None:
        used = arrive(store, base, made.photo(exif=made.camera_exif()))
        unused = arrive(store, base, made.photo(quality=70))
        attach(base, CASE, [used], PhotoStage.REPORT, account_id=LI)
        (photo,) = photos_of(base, [CASE])[CASE]
        for size in PhotoSize:
            data = open_photo(store, photo, size).read_bytes()
            assert data.startswith(b"\xff\xd8\xff")
            assert b"Exif" not in data
        lost = find_photo(base, unused)

        age(store, NOW)
        assert sweep_orphans(base, store, NOW) == Swept(0, 0), "not older than that"
        later = NOW + WEEK
        assert sweep_orphans(base, store, later) == Swept(photos=1, files=0)
        assert open_photo(store, lost, PhotoSize.FULL).exists(), "the caller may still roll back"
        assert sweep_orphans(base, store, later) == Swept(photos=0, files=1)
        with pytest.raises(NotFound):
            open_photo(store, lost, PhotoSize.FULL)
        assert find_photo(base, used).case_id == CASE
        assert open_photo(store, photo, PhotoSize.FULL).exists()
        with pytest.raises(NotFound):
            find_photo(base, unused)

    def test_a_file_that_another_account_still_names_stays(
        self, base: Connection, store: PictureStore
    ) -> None:
        mine = arrive(store, base, made.photo())
        row = find_photo(base, mine)
        theirs = keep_photo(
            base, replace(facts(), content=row.content), account_id=WANG, now=NOW + 2 * WEEK
        )
        age(store, NOW)
        for _ in range(2):
            sweep_orphans(base, store, NOW + WEEK)
        with pytest.raises(NotFound):
            find_photo(base, mine)
        assert open_photo(store, find_photo(base, theirs.id), PhotoSize.FULL).exists()


class TestSweep:
    def test_a_photo_sent_again_stays(self, base: Connection, store: PictureStore) -> None:
        keep(base, "a", now=NOW)
        keep(base, "a", now=NOW + 2 * WEEK)
        assert sweep_orphans(base, store, NOW + WEEK).photos == 0

    def test_it_takes_no_more_at_once_than_it_is_told(
        self, base: Connection, store: PictureStore
    ) -> None:
        for name in "abcde":
            keep(base, name)
        taken = [sweep_orphans(base, store, NOW + WEEK, limit=2).photos for _ in range(4)]
        assert taken == [2, 2, 1, 0]

    def test_a_photo_that_a_report_is_just_taking_stays(
        self, shared: Engine, store: PictureStore
    ) -> None:
        with shared.begin() as connection:
            photo = keep(connection, "a")
        with shared.begin() as report, shared.connect() as sweep:
            attach(report, CASE, [photo], PhotoStage.REPORT, account_id=LI)
            assert sweep_orphans(sweep, store, NOW + WEEK).photos == 0
            sweep.commit()
        with shared.connect() as connection:
            assert find_photo(connection, photo).case_id == CASE

    def test_a_report_that_comes_while_it_is_swept_is_told(
        self, shared: Engine, store: PictureStore
    ) -> None:
        with shared.begin() as connection:
            photo = keep(connection, "a")

        def report() -> None:
            with shared.begin() as connection:
                attach(connection, CASE, [photo], PhotoStage.REPORT, account_id=LI)

        with ThreadPoolExecutor(1) as pool, shared.connect() as sweep:
            assert sweep_orphans(sweep, store, NOW + WEEK).photos == 1
            waiting = pool.submit(report)
            sweep.commit()
            with pytest.raises(Invalid) as caught:
                waiting.result()
        assert caught.value.errors[0].field == "photos[0]"
