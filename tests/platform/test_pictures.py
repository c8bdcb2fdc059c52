"""Photos become safe: upright, small, without metadata; what is no photo is refused."""

from __future__ import annotations

import struct
import time
import zipfile
from datetime import datetime, timedelta, timezone
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from support import pictures as made
from wanmi.gis.points import Datum, RawPoint
from wanmi.platform.casework.jpeg_parts import MAX_SCANS, strip_jpeg
from wanmi.platform.casework.picture_refusals import (
    DAMAGED,
    EMPTY,
    HEIC,
    TOO_MANY_BYTES,
    TOO_MANY_PIXELS,
    UNKNOWN,
)
from wanmi.platform.casework.pictures import LONGEST_SIDE, PhotoSize, Picture, read_picture
from wanmi.platform.casework.shooting import Shooting, read_exif
from wanmi.platform.kernel.errors import FieldError, Invalid, TooLarge

LIMIT = 15_000_000
TRACES = (b"Exif", b"GPS", b"xmp", b"XMP", b"WanmiPhone", b"Li Wei", b"secret", b"ICC", b"PK\x03")


def read(data: bytes) -> Picture:
    return read_picture(data, max_bytes=LIMIT)


def shown(picture: Picture, size: PhotoSize = PhotoSize.FULL) -> Image.Image:
    image = Image.open(BytesIO(picture.images[size]), formats=["JPEG"])
    image.load()
    return image


def colour(image: Image.Image, x: float, y: float) -> tuple[int, ...]:
    """The colour at a share of width and height."""
    found = image.getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(found, tuple)
    return found


def is_near(found: tuple[int, ...], wanted: tuple[int, ...], tolerance: int = 12) -> bool:
    return all(abs(one - two) <= tolerance for one, two in zip(found, wanted, strict=True))


class TestWhatIsKept:
    def test_three_sizes_and_none_is_blown_up(self) -> None:
        picture = read(made.photo(4000, 3000))
        assert (picture.facts.width, picture.facts.height) == (2560, 1920)
        for size, side in LONGEST_SIDE.items():
            assert max(shown(picture, size).size) == side
        small = read(made.photo(200, 100))
        assert {shown(small, size).size for size in PhotoSize} == {(200, 100)}

    def test_a_single_pixel_and_a_thin_line_are_pictures_too(self) -> None:
        assert shown(read(made.saved(Image.new("RGB", (1, 1)), "PNG"))).size == (1, 1)
        line = read(made.saved(Image.new("RGB", (9000, 1)), "PNG"))
        assert shown(line, PhotoSize.THUMBNAIL).size == (320, 1)

    def test_it_is_named_by_the_bytes_that_were_sent(self) -> None:
        one, same, other = made.photo(), made.photo(), made.photo(quality=80)
        assert read(one).facts.content == read(same).facts.content
        assert read(one).facts.content != read(other).facts.content
        assert read(one).images == read(same).images
        assert read(one).facts.original_bytes == len(one)

    def test_nothing_but_the_picture_is_left_in_any_size(self) -> None:
        data = made.talkative_jpeg()
        for trace in (b"Exif", b"WanmiPhone", b"Li Wei", b"secret", b"GPS", b"PK\x03"):
            assert trace in data
        for image in read(data).images.values():
            assert not [trace for trace in TRACES if trace in image]
            reopened = Image.open(BytesIO(image), formats=["JPEG"])
            assert not reopened.getexif()
            # 0xE0 is JFIF; no other APP segment and no comment.
            assert set(reopened.app) == {"APP0"}  # type: ignore[attr-defined]

    @pytest.mark.parametrize("kind", ["PNG", "WEBP"])
    def test_nothing_is_left_of_other_kinds_either(self, kind: str) -> None:
        data = made.saved(made.scene(), kind, exif=made.camera_exif())
        assert b"WanmiPhone" in data
        picture = read(data)
        assert picture.facts.shooting.place is not None
        for image in picture.images.values():
            assert not [trace for trace in TRACES if trace in image]

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_it_stands_upright_however_the_camera_was_held(self, orientation: int) -> None:
        stored = made.upside(made.scene(), orientation)
        data = made.saved(stored, exif=made.camera_exif(orientation=orientation), quality=95)
        picture = read(data)
        assert (picture.facts.width, picture.facts.height) == (640, 480)
        for size in PhotoSize:
            image = shown(picture, size)
            assert is_near(colour(image, 0.25, 0.25), made.RED)
            assert is_near(colour(image, 0.75, 0.25), made.GREEN)
            assert is_near(colour(image, 0.5, 0.75), made.BLUE)

    def test_an_orientation_that_does_not_exist_changes_nothing(self) -> None:
        data = made.saved(made.scene(), exif=made.camera_exif(orientation=77))
        assert is_near(colour(shown(read(data)), 0.25, 0.25), made.RED)


class TestStrangeButHonest:
    def test_cmyk(self) -> None:
        data = made.saved(made.scene().convert("CMYK"), quality=95)
        assert is_near(colour(shown(read(data)), 0.25, 0.25), made.RED)

    def test_grey(self) -> None:
        data = made.saved(Image.new("L", (40, 30), 100))
        assert is_near(colour(shown(read(data)), 0.5, 0.5), (100, 100, 100))

    def test_sixteen_bits_are_scaled_not_cut_off(self) -> None:
        image = Image.new("I;16", (40, 30), 128 * 257)
        assert is_near(colour(shown(read(made.saved(image, "PNG"))), 0.5, 0.5), (128, 128, 128), 2)

    def test_black_and_white(self) -> None:
        assert is_near(
            colour(shown(read(made.saved(Image.new("1", (9, 9), 1), "PNG"))), 0.5, 0.5), made.WHITE
        )

    def test_a_palette_with_a_transparent_colour_lies_on_white(self) -> None:
        image = made.scene().quantize(8)
        red = image.getpixel((10, 10))
        picture = shown(read(made.saved(image, "PNG", transparency=red)))
        assert is_near(colour(picture, 0.25, 0.25), made.WHITE)
        assert is_near(colour(picture, 0.5, 0.75), made.BLUE)

    def test_half_transparent_red_lies_on_white(self) -> None:
        image = Image.new("RGBA", (3000, 20), (255, 0, 0, 128))
        for kind in ("PNG", "WEBP"):
            found = colour(shown(read(made.saved(image, kind, lossless=True))), 0.5, 0.5)
            assert is_near(found, (255, 127, 127), 4)

    def test_of_an_animation_the_first_frame_is_taken(self) -> None:
        frames = [Image.new("RGB", (64, 48), hue) for hue in (made.RED, made.GREEN, made.BLUE)]
        for kind in ("WEBP", "PNG"):
            data = made.saved(frames[0], kind, save_all=True, append_images=frames[1:])
            assert is_near(colour(shown(read(data)), 0.5, 0.5), made.RED)

    def test_of_an_mpo_the_first_picture_is_taken(self) -> None:
        second = Image.new("RGB", (640, 480), made.WHITE)
        data = made.saved(made.scene(), "MPO", save_all=True, append_images=[second])
        assert data.count(b"\xff\xd8\xff") == 2
        assert is_near(colour(shown(read(data)), 0.25, 0.25), made.RED)

    def test_progressive_with_thumbnail_inside_its_exif(self) -> None:
        data = made.photo(progressive=True, exif=made.camera_exif())
        assert is_near(colour(shown(read(data)), 0.25, 0.25), made.RED)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_colours_follow_the_profile_that_came_along(self, kind: str) -> None:
        data = made.saved(
            Image.new("RGB", (64, 48), (250, 20, 20)), kind, icc_profile=made.swapped_profile()
        )
        red, green, _ = colour(shown(read(data)), 0.5, 0.5)
        assert red < 60
        assert green > 200

    def test_a_broken_profile_is_passed_over(self) -> None:
        data = made.photo(icc_profile=b"\0" * 500)
        assert is_near(colour(shown(read(data)), 0.25, 0.25), made.RED)

    def test_a_large_camera_photo_is_read_reduced(self) -> None:
        data = made.photo(10_000, 7_500)
        start = time.process_time()
        picture = read(data)
        assert shown(picture).size == (2560, 1920)
        assert is_near(colour(shown(picture), 0.25, 0.25), made.RED)
        assert time.process_time() - start < 5


class TestWhatIsNoPhoto:
    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (b"", EMPTY),
            (made.saved(made.scene(20, 20), "GIF"), UNKNOWN),
            (made.saved(made.scene(20, 20), "BMP"), UNKNOWN),
            (made.saved(made.scene(20, 20), "TIFF"), UNKNOWN),
            (b"\x7fELF\x02\x01\x01" + bytes(500), UNKNOWN),
            (b"MZ\x90\0" + bytes(500), UNKNOWN),
            (b"#!/bin/sh\nrm -rf /\n", UNKNOWN),
            (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', UNKNOWN),
            (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", UNKNOWN),
            (b"%PDF-1.7\n", UNKNOWN),
            (b"RIFF\x10\0\0\0WAVEfmt ", UNKNOWN),
            (b"\0\0\0\x20ftypisom\0\0\0\0", UNKNOWN),
            (b"\0\0\0\x20ftypheic\0\0\0\0mif1heic", HEIC),
            (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1", HEIC),
            (b"\xff\xd8\xff", DAMAGED),
            (b"\xff\xd8\xff\xe0\0\x10JFIF then an executable \x7fELF", DAMAGED),
            (b"\x89PNG\r\n\x1a\n", DAMAGED),
            (b"\x89PNG\r\n\x1a\n" + bytes(200), DAMAGED),
            (b"RIFF\x10\0\0\0WEBPVP8 ", DAMAGED),
            (b"RIFF\xff\0\0\0WEBPVP8X" + bytes(100), DAMAGED),
        ],
    )
    def test_content_decides_and_the_sentence_says_what_to_do(
        self, data: bytes, sentence: str
    ) -> None:
        with pytest.raises(Invalid) as caught:
            read(data)
        assert caught.value.message == sentence
        assert [(fault.field, fault.message) for fault in caught.value.errors] == [
            ("photo", sentence)
        ]

    def test_an_archive_under_a_photos_name(self) -> None:
        file = BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("photo.jpg", made.photo())
        with pytest.raises(Invalid, match="not a photo"):
            read(file.getvalue())

    def test_an_archive_behind_a_photo_does_not_get_through(self) -> None:
        data = made.photo() + b"PK\x03\x04 and the rest of an archive"
        assert all(b"PK\x03\x04" not in image for image in read(data).images.values())

    @pytest.mark.parametrize(
        "data",
        [
            made.photo(800, 600),
            made.photo(800, 600, progressive=True),
            made.saved(made.scene(800, 600), "PNG"),
            made.saved(made.scene(800, 600), "WEBP"),
        ],
        ids=["jpeg", "progressive", "png", "webp"],
    )
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    def test_what_did_not_arrive_whole_is_refused(self, data: bytes, share: float) -> None:
        with pytest.raises(Invalid, match="not complete"):
            read(data[: int(len(data) * share)])


class TestBombs:
    def test_more_bytes_than_allowed(self) -> None:
        data = made.photo()
        assert read_picture(data, max_bytes=len(data)).facts.original_bytes == len(data)
        with pytest.raises(TooLarge) as caught:
            read_picture(data, max_bytes=len(data) - 1)
        assert caught.value.message == TOO_MANY_BYTES

    def test_a_real_bomb_of_zeros_is_not_unpacked(self) -> None:
        data = made.png_bomb()
        assert len(data) < 1_000_000
        self.is_refused_at_once(data)

    @pytest.mark.parametrize("size", [(11_000, 11_000), (65_000, 65_000), (60_000, 3_000)])
    def test_a_header_that_claims_too_much(self, size: tuple[int, int]) -> None:
        self.is_refused_at_once(made.jpeg_of_size(*size))
        self.is_refused_at_once(made.webp_of_size(*size))

    def test_a_picture_without_pixels(self) -> None:
        for data in (made.jpeg_of_size(0, 10), made.png_bomb(0, 10)):
            with pytest.raises(Invalid):
                read(data)

    def is_refused_at_once(self, data: bytes) -> None:
        start = time.process_time()
        with pytest.raises(TooLarge) as caught:
            read(data)
        assert caught.value.message == TOO_MANY_PIXELS
        assert time.process_time() - start < 0.5

    def test_thousands_of_scans_over_one_picture(self) -> None:
        data = made.scan_bomb(3_000)
        assert len(data) < 500_000
        start = time.process_time()
        with pytest.raises(Invalid):
            read(data)
        assert time.process_time() - start < 0.5
        assert strip_jpeg(made.photo(progressive=True)).scans < MAX_SCANS

    def test_scans_are_counted_in_the_picture_only(self) -> None:
        inside = made.segment(0xE5, b"\xff\xda\0\x04" * 200)
        data = made.photo()
        assert is_near(
            colour(shown(read(data[:2] + inside + data[2:] + b"\xff\xda" * 99)), 0.25, 0.25),
            made.RED,
        )

    def test_millions_of_segments_or_chunks(self) -> None:
        jpeg, png = made.photo(), made.saved(made.scene(), "PNG")
        for data in (
            jpeg[:2] + made.segment(0xE5, b"") * 3_000_000 + jpeg[2:],
            png[:33] + made.chunk(b"prVt", b"") * 1_000_000 + png[33:],
        ):
            start = time.process_time()
            with pytest.raises(Invalid):
                read(data)
            assert time.process_time() - start < 2

    def test_an_exif_block_of_overlapping_giants_is_not_even_looked_at(self) -> None:
        count, size = 20_000, 2_000_000
        entries = (struct.pack("<HHII", tag, 7, size, 8) for tag in range(1, count + 1))
        block = b"II*\0" + struct.pack("<IH", 8, count) + b"".join(entries) + bytes(size)
        data = made.photo()
        parts = [
            made.segment(0xE1, b"Exif\0\0" + block[at : at + 65_000])
            for at in range(0, len(block), 65_000)
        ]
        start = time.process_time()
        assert read(data[:2] + b"".join(parts) + data[2:]).facts.shooting == Shooting()
        assert time.process_time() - start < 1


class TestWhenAndWhere:
    def shooting(self, exif: Image.Exif) -> Shooting:
        return read(made.photo(exif=exif)).facts.shooting

    def test_moment_and_place_are_read(self) -> None:
        found = self.shooting(made.camera_exif())
        assert found.taken == datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=8)))
        assert found.taken is not None
        assert found.taken.isoformat() == "2026-11-23T09:30:00+08:00"
        assert found.place is not None
        assert found.place.datum is Datum.WGS84
        assert (found.place.lon, found.place.lat) == pytest.approx(
            (made.PLACE.lon, made.PLACE.lat), abs=1e-8
        )

    def test_a_camera_without_zone_says_its_local_time(self) -> None:
        taken = self.shooting(made.camera_exif(offset=None)).taken
        assert taken is not None
        assert taken.tzinfo is None
        assert taken.isoformat() == "2026-11-23T09:30:00"

    def test_south_and_west_are_negative(self) -> None:
        place = self.shooting(made.camera_exif(place=RawPoint(-70.5, -33.25, Datum.WGS84))).place
        assert place is not None
        assert (place.lon, place.lat) == pytest.approx((-70.5, -33.25), abs=1e-8)

    @pytest.mark.parametrize(
        ("name", "datum"),
        [("WGS-84", Datum.WGS84), ("wgs84", Datum.WGS84), ("GCJ-02", Datum.GCJ02)],
    )
    def test_the_datum_is_what_the_camera_names(self, name: str, datum: Datum) -> None:
        place = self.shooting(made.camera_exif(gps={ExifTags.GPS.GPSMapDatum: name})).place
        assert place is not None
        assert place.datum is datum

    @pytest.mark.parametrize(
        "gps",
        [
            {ExifTags.GPS.GPSMapDatum: "TOKYO"},
            {ExifTags.GPS.GPSStatus: "V"},
            {ExifTags.GPS.GPSLatitude: (0.0, 0.0, 0.0), ExifTags.GPS.GPSLongitude: (0.0, 0.0, 0.0)},
            {ExifTags.GPS.GPSLatitude: (95.0, 0.0, 0.0)},
            {ExifTags.GPS.GPSLatitudeRef: "Q"},
            {ExifTags.GPS.GPSLongitude: (IFDRational(0, 0), 0.0, 0.0)},
            {ExifTags.GPS.GPSLongitude: (109.0,)},
        ],
    )
    def test_a_place_that_cannot_be_is_unknown_not_bad(self, gps: dict[int, object]) -> None:
        found = self.shooting(made.camera_exif(gps=gps))
        assert found.place is None
        assert found.taken is not None

    @pytest.mark.parametrize(
        "taken", [None, "0000:00:00 00:00:00", "yesterday", "2026:13:45 1:1:1"]
    )
    def test_a_moment_that_cannot_be_is_unknown_not_bad(self, taken: str | None) -> None:
        found = self.shooting(made.camera_exif(taken=taken))
        assert found.taken is None
        assert found.place is not None

    def test_an_offset_that_cannot_be_leaves_the_local_time(self) -> None:
        taken = self.shooting(made.camera_exif(offset="+99:99")).taken
        assert taken == datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001 - the camera's local time

    def test_a_photo_without_metadata_is_unknown(self) -> None:
        assert read(made.photo()).facts.shooting == Shooting()

    # Pillow warns of broken blocks; `read_picture` keeps that to itself.
    @pytest.mark.filterwarnings("ignore::UserWarning:PIL")
    @given(st.binary(max_size=200))
    def test_no_exif_block_is_too_broken_to_pass_over(self, junk: bytes) -> None:
        block = made.camera_exif().tobytes()
        cut = len(junk) % len(block)
        for broken in (junk, b"Exif\0\0" + junk, block[:cut] + junk, block[: cut + 6] + junk):
            shooting, orientation = read_exif(broken)
            assert isinstance(shooting, Shooting)
            assert 1 <= orientation <= 8


SEEDS = [
    made.saved(made.scene(48, 32), exif=made.camera_exif()),
    made.saved(made.scene(48, 32), progressive=True),
    made.saved(made.scene(48, 32), "PNG", exif=made.camera_exif()),
    made.saved(made.scene(48, 32).convert("RGBA"), "WEBP", lossless=True),
    made.saved(made.scene(48, 32), "WEBP", exif=made.camera_exif()),
]


@settings(max_examples=300)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
    length=st.floats(0.2, 1),
)
def test_whatever_arrives_is_a_picture_or_refused_with_a_sentence(
    seed: bytes, changes: list[tuple[float, int]], length: float
) -> None:
    data = bytearray(seed)
    for share, value in changes:
        data[int(share * (len(data) - 1))] = value
    sizes: set[PhotoSize] = set()
    refused: tuple[FieldError, ...] = ()
    try:
        sizes = set(read(bytes(data[: int(length * len(data))])).images)
    except (Invalid, TooLarge) as error:
        refused = error.errors
    assert sizes == set(PhotoSize) or [fault.field for fault in refused] == ["photo"]
