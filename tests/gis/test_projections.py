"""The text beside a file names its frame, in every program's dialect."""

import pytest
from pyproj import CRS
from pyproj.enums import WktVersion

from wanmi.gis.frames import frame_of

GAUSS_KRUEGER = [*range(4491, 4513), *range(4513, 4555)]
ESRI_DEGREES = (
    'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]]'
)


def plane(name: str, meridian: float, easting: float, degrees: str = ESRI_DEGREES) -> str:
    return (
        f'PROJCS["{name}",{degrees},PROJECTION["Gauss_Kruger"],'
        f'PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],'
        f'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",1.0],'
        'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )


@pytest.mark.parametrize(
    "version", [WktVersion.WKT1_ESRI, WktVersion.WKT1_GDAL, WktVersion.WKT2_2019]
)
@pytest.mark.parametrize("epsg", [4490, 4326, 32649, 3857, *GAUSS_KRUEGER])
def test_every_dialect_of_wkt_is_understood(epsg: int, version: WktVersion) -> None:
    assert frame_of(CRS.from_epsg(epsg).to_wkt(version)) == epsg


@pytest.mark.parametrize(
    ("text", "epsg"),
    [
        ("4545", 4545),
        ("EPSG:4524", 4524),
        (" epsg:4490\n", 4490),
        ("CGCS2000_3_Degree_GK_CM_108E", 4545),
        ("CGCS2000_3_Degree_GK_Zone_36", 4524),
        ("CGCS2000_3_Degree_GK_CM_111E", 4546),
        ("CGCS2000_GK_CM_111E", 4508),
        ("CGCS2000_GK_Zone_19", 4497),
        ("GCS_China_Geodetic_Coordinate_System_2000", 4490),
        ("WGS 84", 4326),
        ("OGC:CRS84", 4326),
        (ESRI_DEGREES, 4490),
        (plane("CGCS2000_3_Degree_GK_CM_108E", 108.0, 500_000.0), 4545),
        (plane("CGCS2000_3_Degree_GK_Zone_36", 108.0, 36_500_000.0), 4524),
        (plane("CGCS2000_GK_Zone_18", 105.0, 18_500_000.0), 4496),
    ],
)
def test_names_and_codes_are_understood(text: str, epsg: int) -> None:
    assert frame_of(text) == epsg


def test_numbers_count_more_than_the_name() -> None:
    assert frame_of(plane("CGCS2000_3_Degree_GK_CM_111E", 108.0, 500_000.0)) == 4545
    assert frame_of(plane("unnamed", 108.0, 36_500_000.0)) == 4524
    assert frame_of(plane("CGCS2000_3_Degree_GK_CM_108E", 108.0, 37_500_000.0)) is None


def test_a_local_system_on_our_datum_is_not_taken_for_a_neighbour() -> None:
    assert frame_of(plane("Ankang_Local", 109.0, 500_000.0)) is None
    assert frame_of(plane("CGCS2000_3_Degree_GK_CM_108E", 108.0, 50_000.0)) is None


def test_the_ellipsoid_alone_is_no_datum() -> None:
    nad83 = (
        'GEOGCS["GCS_North_American_1983",DATUM["D_North_American_1983",'
        'SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
        'UNIT["Degree",0.0174532925199433]]'
    )
    assert frame_of(nad83) is None
    assert frame_of(plane("CGCS2000_3_Degree_GK_CM_108E", 108.0, 500_000.0, nad83)) is None


def test_a_datum_on_a_foreign_ellipsoid_is_not_ours() -> None:
    krasovsky = ESRI_DEGREES.replace("6378137.0,298.257222101", "6378245.0,298.3")
    assert frame_of(krasovsky) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "EPSG:0",
        "EPSG:99999999",
        "EPSG:4214",  # Beijing 1954
        "EPSG:4610",  # Xi'an 1980
        "EPSG:2379",
        "EPSG:4479",  # geocentric
        'LOCAL_CS["Ankang"]',
        "PROJCS[",
        "\0",
    ],
)
def test_what_names_no_frame_of_ours_gives_none(text: str) -> None:
    assert frame_of(text) is None
