"""Who reads Chinese gets Chinese, everywhere; who asks for English gets English."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from typing import TYPE_CHECKING

import pytest
from flask_babel import force_locale, get_translations

from support.clusters import fresh_database, temporary_home
from support.live_server import Live, live_server
from wanmi.web.collect_messages import (
    MO,
    PO,
    collected,
    read_catalogue,
    sentences_with_values,
    update,
)
from wanmi.web.maps.words import map_words
from wanmi.web.pages import command_words
from wanmi.web.pages.patrol_words import PATROL_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babel.messages.catalog import Catalog
    from flask.testing import FlaskClient

PLACE_HOLDERS = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")

VALUES_ONLY = {"± {metres} m"}
"""Texts in which no word need be Chinese."""

BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def source() -> Catalog:
    return collected()


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    return read_catalogue()


@pytest.fixture(scope="module")
def live(server: str) -> Iterator[Live]:
    with (
        fresh_database(server) as url,
        temporary_home() as home,
        live_server(url, home) as running,
    ):
        yield running


@pytest.fixture
def client(live: Live) -> FlaskClient:
    return live.app.test_client()


def test_every_text_has_its_chinese(source: Catalog, chinese: Catalog) -> None:
    lacking = [
        message.id
        for message in source
        if message.id and not (message.id in chinese and chinese[message.id].string)
    ]
    assert not lacking, "translate these: see CONTRIBUTING.md, Languages"
    assert len(source) > 300
    assert not [message.id for message in chinese if message.id and message.fuzzy]


def test_the_chinese_is_chinese_with_the_same_values(chinese: Catalog) -> None:
    for message in chinese:
        if not message.id:
            continue
        holders = sorted(PLACE_HOLDERS.findall(message.id))
        assert sorted(PLACE_HOLDERS.findall(message.string)) == holders, message.id
        assert CHINESE.search(message.string) or message.id in VALUES_ONLY, message.id
        assert not list(message.check(chinese)), message.id


def test_verifying_is_not_checking_and_a_street_is_no_subdistrict(chinese: Catalog) -> None:
    said = {message.id: message.string for message in chinese if message.id}
    assert "核查" in said["Done, as they say. It is being checked on the spot."]
    assert "核实" in said["To be checked"]
    assert (said["Street"], said["Subdistricts and towns"]) == ("道路", "街道与镇")
    assert (said["Closed"], said["Void"]) == ("已结案", "已作废")


def test_what_is_served_is_what_is_written(chinese: Catalog) -> None:
    with MO.open("rb") as file:
        served = GNUTranslations(file)
    written = {message.id: message.string for message in chinese if message.id}
    assert {key: served.gettext(key) for key in written} == written
    assert set(served._catalog) - {""} == set(written)


def test_sentences_of_errors_are_found_wherever_they_come_from(source: Catalog) -> None:
    for sentence in (
        "There is no such case.",  # said where it is raised
        "This source is not known.",  # through a function
        "There is no such move.",  # through a variable
        "The photo is empty; take it again.",  # a constant of another module
        "Choose one of the options offered.",  # returned by a function
        "This photo is named twice.",  # through a condition in a comprehension
        "This must be a UUID.",  # a row of a table
        "A batch has at most 1000 reports; send it in parts.",  # with a constant in it
        "The server is busy just now; please try again.",  # written to the answer directly
    ):
        assert sentence in source, sentence
    assert not any("setting of Wanmi" in str(message.id) for message in source), "command line"
    assert "Longitude %(lon)s, latitude %(lat)s is not on the earth." in source
    assert any("{self.datum!r} is text" in line for line in sentences_with_values())


def test_new_words_are_named_until_they_are_translated(tmp_path: Path) -> None:
    po, mo = (tmp_path / path.name for path in (PO, MO))
    po.write_bytes(PO.read_bytes())
    found = collected()
    found.add("A sentence of tomorrow.", locations=[("web/x.py", 1)])
    assert update(found, po, mo) == ["A sentence of tomorrow."]
    text = po.read_text(encoding="utf-8")
    empty = 'msgid "A sentence of tomorrow."\nmsgstr ""'
    assert empty in text
    po.write_text(text.replace(empty, empty[:-2] + '"明天的一句话。"'), encoding="utf-8")
    assert update(found, po, mo) == []
    with mo.open("rb") as file:
        assert GNUTranslations(file).gettext("A sentence of tomorrow.") == "明天的一句话。"


@pytest.mark.parametrize(
    ("language", "title", "detail"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.5", "未找到", "没有这件案卷。"),
        ("en", "Not Found", "There is no such case."),
        (None, "未找到", "没有这件案卷。"),
    ],
)
def test_a_problem_is_told_in_the_readers_language(
    client: FlaskClient, live: Live, language: str | None, title: str, detail: str
) -> None:
    headers = {"Authorization": f"Bearer {live.token('operator')}"}
    if language:
        headers["Accept-Language"] = language
    answer = client.get("/api/v1/cases/6109022026112300001", headers=headers)
    assert answer.status_code == 404
    assert (answer.json["title"], answer.json["detail"]) == (title, detail)


def test_the_faults_of_fields_are_told_too(client: FlaskClient, live: Live) -> None:
    headers = {"Authorization": f"Bearer {live.token('operator')}"}
    for language, word in (("zh-CN", "必须是整数。"), ("en", "This must be a whole number.")):
        answer = client.get(
            "/api/v1/cases?limit=many", headers={**headers, "Accept-Language": language}
        )
        assert answer.status_code == 422
        assert answer.json["errors"] == [{"field": "limit", "message": word}]


def test_a_check_of_our_own_is_told_in_chinese(client: FlaskClient, live: Live) -> None:
    headers = {"Authorization": f"Bearer {live.token('operator')}", "Accept-Language": "zh-CN"}
    answer = client.get("/api/v1/cases?q=%00", headers=headers)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["message"] == "文字中有不能保存的字符，请去掉。"


def test_the_log_in_has_two_languages(client: FlaskClient) -> None:
    page = client.get("/login", headers=BROWSER).text
    assert '<html lang="zh-CN"' in page
    assert "<h1" in page
    assert "登录</h1>" in page
    assert "Password" not in page
    page = client.get("/login", headers={**BROWSER, "Accept-Language": "en"}).text
    assert '<html lang="en"' in page
    assert "Sign in</h1>" in page
    assert not CHINESE.search(re.sub(r"中文|万米", "", page))


def test_the_command_page_has_two_languages(client: FlaskClient, live: Live) -> None:
    link = live.login_link("commander").removeprefix(live.address)
    assert client.get(link, headers=BROWSER).status_code == 303
    chosen = {"zh-CN": ("指挥中心", "今日上报"), "en": ("Command centre", "Reported today")}
    for language, words in chosen.items():
        answer = client.get("/command", headers={**BROWSER, "Accept-Language": language})
        assert answer.status_code == 200
        others = [word for other, said in chosen.items() if other != language for word in said]
        assert all(word in answer.text for word in words), language
        assert not any(word in answer.text for word in others), language


def test_the_words_of_the_scripts_are_chinese(live: Live) -> None:
    with live.app.test_request_context(), force_locale("zh_CN"):
        translate = get_translations().ugettext
        words = {
            **map_words(translate),
            **{
                key: translate(word)
                for key, word in {**command_words.WORDS, **PATROL_WORDS}.items()
            },
        }
    english = {key: word for key, word in words.items() if not CHINESE.search(word)}
    assert set(english) <= {"accuracy"}
