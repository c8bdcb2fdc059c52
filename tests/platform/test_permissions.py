"""Who may do what, and whose rows does a person see?"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, insert, select

from support.sheets import put
from wanmi.platform.kernel.errors import NotAllowed, SettingsInvalid
from wanmi.platform.organisation.accounts import Account
from wanmi.platform.organisation.permits import Viewer, may, viewer
from wanmi.platform.organisation.roles import RoleTable
from wanmi.platform.organisation.units import UnitRegister
from wanmi.platform.organisation.visibility import in_jurisdiction, visible

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

SOURCES = """
inspector hotline_12319 hotline_12345 petition instruction media online undercover citizen video
superior department self_check sensor
"""


@pytest.fixture(scope="module")
def roles() -> RoleTable:
    return RoleTable.load()


@pytest.fixture(scope="module")
def register() -> UnitRegister:
    return UnitRegister.load()


def somebody(
    role: str, unit: str = "AK-GOV", jurisdiction: str = "610900", **more: object
) -> Account:
    known = {
        "id": 7,
        "login": role,
        "name": role,
        "role": role,
        "unit_code": unit,
        "jurisdiction_code": jurisdiction,
        "active": True,
        "session_stamp": "s",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Account(**{**known, **more})  # type: ignore[arg-type]


# The table that ships --------------------------------------------------------------------------


def test_the_eight_roles_have_their_names(roles: RoleTable) -> None:
    assert [(role.code, role.name_zh) for role in roles.by_code.values()] == [
        ("inspector", "监督员"),
        ("operator", "受理员"),
        ("shift_leader", "值班长"),
        ("dispatcher", "派遣员"),
        ("handler", "处置单位"),
        ("commander", "指挥长"),
        ("gisadmin", "数据管理员"),
        ("admin", "系统管理员"),
    ]


def test_the_administrator_has_accounts_and_settings_and_no_business(roles: RoleTable) -> None:
    assert roles.by_code["admin"].permissions == {"account.manage", "settings.manage"}
    for role in roles.by_code.values():
        kinds = {roles.permissions[code].kind for code in role.permissions}
        assert not {"business", "administration"} <= kinds


def test_supervision_and_command_are_separate_roles(roles: RoleTable) -> None:
    supervision = {"move.file", "move.close", "move.void"}
    command = {"move.dispatch"}
    for role in roles.by_code.values():
        assert not (role.permissions & supervision and role.permissions & command)
    assert roles.holders("move.file") == ("shift_leader",)
    assert roles.holders("move.dispatch") == ("dispatcher",)
    assert roles.holders("move.handle") == ("handler",)
    assert roles.holders("layer.load") == ("gisadmin",)


def test_handling_units_never_see_who_reported(roles: RoleTable) -> None:
    assert roles.holders("case.see_reporter") == ("operator", "shift_leader")


def test_every_source_can_be_used_by_somebody_who_may_report(roles: RoleTable) -> None:
    assert set(roles.sources) == set(SOURCES.split())
    for source in roles.sources:
        users = set(roles.holders(f"report.source.{source}"))
        assert users
        assert users <= set(roles.holders("report.create"))


def test_an_inspector_may_not_pass_for_the_hotline(roles: RoleTable) -> None:
    inspector = somebody("inspector")
    assert may(roles, inspector, "report.source.inspector")
    assert not may(roles, inspector, "report.source.hotline_12345")
    assert not may(roles, somebody("operator"), "report.source.inspector")


def test_a_disabled_account_and_one_of_a_role_that_is_gone_may_nothing(roles: RoleTable) -> None:
    for code in roles.permissions:
        assert not may(roles, somebody("commander", active=False), code)
        assert not may(roles, somebody("mayor"), code)


def test_asking_for_a_permission_that_nobody_wrote_down_is_a_slip(roles: RoleTable) -> None:
    with pytest.raises(LookupError, match="fly"):
        may(roles, somebody("commander"), "case.fly")


# Wrong tables -----------------------------------------------------------------------------------

ROLES = "role,name_zh,name_en,scope\nclerk,员,Clerk,unit\nroot,管,Root,own\n"
PERMISSIONS = """\
permission,kind,name_zh,name_en,clerk,root
case.see,business,看,See,x,
account.manage,administration,管,Manage,,x
"""


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("r.csv", "unit", "planet", "r.csv:2: scope is 'planet', not one of"),
        ("r.csv", "root,管", "clerk,管", "r.csv:3: role clerk is already in r.csv:2"),
        ("p.csv", "See,x,", "See,yes,", "p.csv:2: the cell of clerk must be x or empty"),
        ("p.csv", "See,x,", "See,x,x", "p.csv:2: root administers accounts or settings"),
        ("p.csv", ",business,", ",hobby,", "p.csv:2: kind is 'hobby', not one of"),
        ("p.csv", "clerk,root", "clerk,boss", "p.csv:1: must be the heading"),
    ],
)
def test_a_wrong_row_is_told_with_file_and_line(
    tmp_path: Path,
    file: str,
    old: str,
    new: str,
    told: str,
) -> None:
    tables = {"r.csv": ROLES, "p.csv": PERMISSIONS}
    tables[file] = tables[file].replace(old, new, 1)
    paths = [put(tmp_path, name, text) for name, text in tables.items()]
    with pytest.raises(SettingsInvalid) as raised:
        RoleTable.load(*paths)
    assert told in raised.value.message


# Viewers ----------------------------------------------------------------------------------------


def test_a_city_wide_viewer_sees_all_jurisdictions(
    roles: RoleTable, register: UnitRegister
) -> None:
    commander = viewer(somebody("commander"), roles, register)
    assert commander.whole_city
    assert commander.jurisdictions == set(register.jurisdictions.by_code)
    assert commander.may("case.see")
    assert not commander.may("move.dispatch")
    with pytest.raises(NotAllowed):
        commander.must("move.dispatch")


def test_a_district_does_not_see_the_functional_zones(
    roles: RoleTable,
    register: UnitRegister,
) -> None:
    district = viewer(somebody("dispatcher", "HB-GOV", "610902"), roles, register)
    assert not district.whole_city
    assert district.jurisdictions == {"610902"}


def test_a_handling_unit_sees_its_own_cases_and_those_of_units_below_it(
    roles: RoleTable,
    register: UnitRegister,
) -> None:
    bureau = viewer(somebody("handler", "AK-CGJ"), roles, register)
    company = viewer(somebody("handler", "CO-HW1"), roles, register)
    row = {"jurisdiction_code": "610902", "reporter_id": 99}
    assert bureau.sees(unit_code="CO-HW1", **row)  # type: ignore[arg-type]
    assert company.sees(unit_code="CO-HW1", **row)  # type: ignore[arg-type]
    assert not company.sees(unit_code="AK-CGJ", **row)  # type: ignore[arg-type]
    assert not company.sees(unit_code=None, **row)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "account",
    [
        somebody("commander", active=False),
        somebody("mayor"),
        somebody("commander", unit="GONE"),
        somebody("commander", jurisdiction="GONE"),
    ],
)
def test_who_is_disabled_or_belongs_nowhere_is_no_viewer(
    roles: RoleTable,
    register: UnitRegister,
    account: Account,
) -> None:
    with pytest.raises(NotAllowed, match="administrator"):
        viewer(account, roles, register)


some_rows = st.lists(
    st.tuples(
        st.sampled_from([None, "610900", "610902", "610902-GX", "610922"]),
        st.sampled_from([None, "AK-CGJ", "CO-HW1", "CO-GX", "T610902001"]),
        st.sampled_from([None, 7, 8]),
    ),
    max_size=20,
)
some_accounts = st.builds(
    somebody,
    role=st.sampled_from(["inspector", "handler", "commander", "gisadmin", "admin"]),
    unit=st.sampled_from(["AK-GOV", "AK-CGJ", "CO-HW1", "HB-GOV", "GX-GWH"]),
    jurisdiction=st.sampled_from(["610900", "610902", "610902-GX"]),
)


@pytest.fixture
def rows_table(connection: Connection) -> Table:
    table = Table(
        "some_cases",
        MetaData(),
        Column("id", BigInteger, primary_key=True),
        Column("jurisdiction", Text),
        Column("unit", Text),
        Column("reporter", BigInteger),
        prefixes=["TEMPORARY"],
    )
    table.create(connection)
    return table


def seen_in_sql(connection: Connection, table: Table, asker: Viewer) -> set[int]:
    condition = visible(
        asker,
        jurisdiction=table.c.jurisdiction,
        unit=table.c.unit,
        reporter=table.c.reporter,
    )
    return set(connection.execute(select(table.c.id).where(condition)).scalars())


def test_a_query_shows_exactly_what_the_viewer_may_see(
    connection: Connection,
    rows_table: Table,
    roles: RoleTable,
    register: UnitRegister,
) -> None:
    everything = list(
        product(
            (None, "610900", "610902", "610902-GX", "610922"),
            (None, "AK-CGJ", "CO-HW1", "CO-GX", "T610902001"),
            (None, 7, 8),
        ),
    )
    for number, (jurisdiction, unit, reporter) in enumerate(everything):
        values = {
            "id": number,
            "jurisdiction": jurisdiction,
            "unit": unit,
            "reporter": reporter,
        }
        connection.execute(insert(rows_table).values(values))

    @given(some_accounts)
    def same_in_memory_and_in_sql(account: Account) -> None:
        asker = viewer(account, roles, register)
        in_memory = {
            number
            for number, (jurisdiction, unit, reporter) in enumerate(everything)
            if asker.sees(jurisdiction_code=jurisdiction, unit_code=unit, reporter_id=reporter)
        }
        assert seen_in_sql(connection, rows_table, asker) == in_memory
        ground = in_jurisdiction(asker, rows_table.c.jurisdiction)
        of_ground = set(connection.execute(select(rows_table.c.id).where(ground)).scalars())
        assert of_ground >= in_memory

    same_in_memory_and_in_sql()


@given(some_accounts, some_rows)
def test_nobody_sees_ground_outside_their_jurisdiction(
    roles: RoleTable,
    register: UnitRegister,
    account: Account,
    rows: list[tuple[str | None, str | None, int | None]],
) -> None:
    asker = viewer(account, roles, register)
    inside = register.jurisdictions.subtree(account.jurisdiction_code)
    for jurisdiction, unit, reporter in rows:
        if asker.sees(jurisdiction_code=jurisdiction, unit_code=unit, reporter_id=reporter):
            assert jurisdiction in inside or (jurisdiction is None and asker.whole_city)
