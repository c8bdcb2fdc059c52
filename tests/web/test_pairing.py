"""How a phone is paired: the page, the certificate, and what is said without one."""

from __future__ import annotations

import dataclasses
import socket
from datetime import UTC, datetime
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from support.clusters import fresh_database, temporary_home
from support.live_server import Live, live_server
from wanmi.platform.kernel.errors import SettingsInvalid
from wanmi.platform.kernel.local_authority import authority_der, fingerprint
from wanmi.platform.kernel.settings import Settings
from wanmi.web.cli import lan
from wanmi.web.cli.lan import on_lan
from wanmi.web.pages import pairing as pairing_page
from wanmi.web.resources import BLUEPRINTS
from wanmi.web.wiring.app import create_app, create_pairing_app
from wanmi.web.wiring.pairing import tls_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

ENGLISH = {"Accept-Language": "en", "Accept": "text/html"}


LAN = (IPv4Address("192.168.1.20"), IPv4Address("10.3.0.7"))


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine is on two networks, whatever the machine of the tests is on."""
    monkeypatch.setattr(lan, "lan_addresses", lambda: LAN)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = {"WANMI_HOME": str(tmp_path), "WANMI_PORT": "8443", "WANMI_PAIR_PORT": "8480"}
    return on_lan(Settings.from_environ(home), datetime.now(UTC))


@pytest.fixture
def phone(settings: Settings) -> FlaskClient:
    """A phone that is not paired yet, at the plain http port."""
    return create_pairing_app(settings, pairing_page.blueprint).test_client()


def test_the_local_network_is_served_over_https_with_our_own_certificate(
    settings: Settings,
) -> None:
    assert settings.host == "0.0.0.0"  # noqa: S104 - all addresses of the local network
    assert settings.address == "https://192.168.1.20:8443"
    assert settings.tls_cert is not None
    assert settings.tls_cert.is_file()


def test_without_a_network_it_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lan, "lan_addresses", tuple)
    with pytest.raises(SettingsInvalid, match="no address on a local network"):
        on_lan(Settings.from_environ({"WANMI_HOME": str(tmp_path)}), datetime.now(UTC))


def test_what_was_set_stays(tmp_path: Path) -> None:
    given = {
        "WANMI_HOME": str(tmp_path),
        "WANMI_HOST": "192.0.2.77",
        "WANMI_PUBLIC_URL": "https://wanmi.example",
        "WANMI_TLS_CERT": "/etc/wanmi.crt",
        "WANMI_TLS_KEY": "/etc/wanmi.key",
    }
    settings = on_lan(Settings.from_environ(given), datetime.now(UTC))
    assert settings == Settings.from_environ(given)
    page = create_pairing_app(settings, pairing_page.blueprint).test_client().get("/ca.crt")
    assert page.location == "/pair", "a certificate of others is none of ours to hand out"


def test_a_taken_pairing_port_is_said(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))  # noqa: S104 - where the page would listen
        taken.listen()
        port = taken.getsockname()[1]
        busy = dataclasses.replace(settings, pair_port=port)
        with pytest.raises(SettingsInvalid, match="WANMI_PAIR_PORT"), lan.pairing_page(busy):
            pass
    same = dataclasses.replace(settings, pair_port=settings.port)
    with pytest.raises(SettingsInvalid, match="must differ"), lan.pairing_page(same):
        pass


def test_the_page_explains_three_steps(phone: FlaskClient, settings: Settings) -> None:
    page = phone.get("/pair", headers=ENGLISH)
    assert page.status_code == 200
    assert page.text.count("<li>") == 3
    for words in ("Install the certificate", "Trust it", "Open the address"):
        assert words in page.text
    assert f'href="{settings.address}"' in page.text
    assert "<svg" in page.text
    der = authority_der(tls_folder(settings))
    assert der is not None
    assert fingerprint(der) in page.text
    assert "安装证书" in phone.get("/pair", headers={"Accept-Language": "zh-CN"}).text


def test_the_certificate_is_the_authoritys_and_never_its_key(
    phone: FlaskClient, settings: Settings
) -> None:
    answer = phone.get("/ca.crt")
    assert answer.mimetype == "application/x-x509-ca-cert"
    sent = x509.load_der_x509_certificate(answer.data)
    assert sent.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert b"PRIVATE" not in answer.data


@pytest.mark.parametrize("path", ["/", "/patrol", "/login", "/api/v1/cases", "/secrets/ca.key"])
def test_over_plain_http_there_is_nothing_else(phone: FlaskClient, path: str) -> None:
    answer = phone.get(path)
    assert (answer.status_code, answer.location) == (302, "/pair")


@pytest.fixture(scope="module")
def live(server: str) -> Iterator[Live]:
    with (
        fresh_database(server) as url,
        temporary_home() as home,
        live_server(url, home) as running,
    ):
        yield running


def test_without_a_certificate_of_ours_the_page_says_what_to_do(live: Live) -> None:
    client = live.app.test_client()
    page = client.get("/pair", headers=ENGLISH)
    assert page.status_code == 200
    assert "wanmi up --lan" in page.text
    assert "/ca.crt" not in page.text
    assert client.get("/ca.crt").status_code == 404


def test_behind_a_proxy_with_https_cookies_are_secure(live: Live) -> None:
    environ = {"WANMI_HOME": str(live.settings.home), "WANMI_TRUSTED_PROXIES": "1"}
    url = live.engine.url.render_as_string(hide_password=False)
    client = create_app(Settings.from_environ(environ), url, BLUEPRINTS).test_client()
    for scheme, secure in (("https", True), ("http", False)):
        answer = client.get("/login", headers={"X-Forwarded-Proto": scheme})
        assert ("Secure" in answer.headers["Set-Cookie"]) is secure
    untrusted = live.app.test_client().get("/login", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" not in untrusted.headers["Set-Cookie"]


def test_over_plain_http_elsewhere_no_header_is_sent_that_browsers_complain_of(live: Live) -> None:
    name = "Cross-Origin-Opener-Policy"
    client = live.app.test_client()
    assert name not in client.get("/", base_url="http://phone.test:8000").headers
    for safe in ("http://127.0.0.1:8000", "http://localhost", "https://phone.test"):
        assert client.get("/", base_url=safe).headers[name] == "same-origin"
