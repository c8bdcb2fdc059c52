"""A database elsewhere: what is missing is named in one sentence."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from wanmi.platform.kernel import database as checks
from wanmi.platform.kernel.database import check_usable, driver_url, make_engine
from wanmi.platform.kernel.errors import SettingsInvalid, Unavailable


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_postgresql_address_gets_our_driver(scheme: str) -> None:
    assert driver_url(f"{scheme}://u:p@h/d") == "postgresql+psycopg2://u:p@h/d"


def test_a_good_database_is_taken(empty_database: str) -> None:
    engine = make_engine(empty_database)
    check_usable(engine)
    engine.dispose()


def test_one_that_does_not_answer_is_unavailable() -> None:
    engine = make_engine("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable, match="does not answer"):
        check_usable(engine)


def test_an_old_postgresql_is_named(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "OLDEST_POSTGRES", 990_000)
    with pytest.raises(SettingsInvalid, match="must be 99 or newer"):
        check_usable(engine)


def test_an_old_postgis_is_named(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "OLDEST_POSTGIS", 9)
    with pytest.raises(SettingsInvalid, match="Wanmi needs 9"):
        check_usable(engine)


def test_a_database_without_the_extension_and_without_the_right_to_add_it(server: str) -> None:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    name = "wanmi_without_postgis"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    engine = make_engine(make_url(server).set(database=name).render_as_string(hide_password=False))
    try:
        with pytest.raises(SettingsInvalid, match="CREATE EXTENSION postgis"):
            check_usable(engine)
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        admin.dispose()


def test_a_user_who_may_not_make_tables_is_named(empty_database: str) -> None:
    engine = make_engine(empty_database)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA closed"))
        connection.execute(
            text(f"ALTER DATABASE {make_url(empty_database).database} SET search_path = nowhere")
        )
    engine.dispose()
    engine = make_engine(empty_database)
    with pytest.raises(SettingsInvalid, match="may not make tables"):
        check_usable(engine)
    engine.dispose()
