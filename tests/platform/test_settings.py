"""Settings: read once, every fault at once, and the page that lists them tells the truth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wanmi.platform.kernel.errors import SettingsInvalid
from wanmi.platform.kernel.settings import LAUNCHER_VARIABLES, SETTINGS, Settings

ROOT = Path(__file__).parents[2]


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environ({})
    assert (settings.host, settings.port, settings.locale) == ("127.0.0.1", 8000, "zh_CN")
    assert settings.city.code == "610900"
    assert settings.address == "http://127.0.0.1:8000"


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        Settings.from_environ(
            {
                "WANMI_PORT": "eighty",
                "WANMI_LOCALE": "fr",
                "WANMI_TLS_CERT": "/cert.pem",
                "WANMI_PROT": "8001",
                "WANMI_DATABASE_URL": "mysql://localhost/x",
            },
        )
    assert [fault.field for fault in caught.value.errors] == [
        "WANMI_DATABASE_URL",
        "WANMI_PORT",
        "WANMI_LOCALE",
        "WANMI_PROT",
        "WANMI_TLS_KEY",
    ]


def test_another_city_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "city.json"
    given = json.loads((ROOT / "platform/kernel/data/city.json").read_text("utf-8"))
    file.write_text(json.dumps({**given, "code": "441700", "plane_epsg": 4547}), "utf-8")
    city = Settings.from_environ({"WANMI_CITY": str(file)}).city
    assert (city.code, city.plane_epsg) == ("441700", 4547)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("code", "6109"),
        ("time_zone", "Mars/Olympus"),
        ("centre", {"lon": 32.69, "lat": 109.03, "datum": "cgcs2000"}),
        ("centre", {"lon": 109.03, "lat": 32.69, "datum": "gcj02"}),
        ("cell_tolerance_m", "far"),
        ("plane_epsg", None),
    ],
)
def test_a_wrong_city_file_names_the_key(tmp_path: Path, key: str, value: object) -> None:
    file = tmp_path / "city.json"
    given = json.loads((ROOT / "platform/kernel/data/city.json").read_text("utf-8"))
    file.write_text(json.dumps({**given, key: value}), "utf-8")
    with pytest.raises(SettingsInvalid) as caught:
        Settings.from_environ({"WANMI_CITY": str(file)})
    assert key in [fault.field for fault in caught.value.errors]


def test_the_settings_page_is_made_from_the_table() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert page == settings_page()


def _shown(default: str | None) -> str:
    return f"`{default}`" if default else "unset"


def settings_page() -> str:
    """The page as it has to be; `python tests/platform/test_settings.py` writes it."""
    rows = [
        f"| `{row.variable}` | {row.meaning} | {row.shown or _shown(row.default)} |"
        for row in SETTINGS
    ]
    launcher = [f"| `{name}` | {meaning} | unset |" for name, meaning in LAUNCHER_VARIABLES.items()]
    return "\n".join(
        [
            "# Settings",
            "",
            "All settings are environment variables, read once when a command starts. A wrong",
            "value stops the command, and all faults are named at once. A `WANMI_` variable that",
            "is not on this page is refused, so that a slip of the pen does not go unnoticed.",
            "",
            "This page is made from `platform/kernel/settings.py`; a test keeps the two equal",
            "(`python tests/platform/test_settings.py` writes it anew).",
            "",
            "| variable | meaning | default |",
            "| --- | --- | --- |",
            *rows,
            "",
            "The launcher `./wanmi` reads two more:",
            "",
            "| variable | meaning | default |",
            "| --- | --- | --- |",
            *launcher,
            "",
        ],
    )


if __name__ == "__main__":
    (ROOT / "docs" / "settings.md").write_text(settings_page(), "utf-8")
