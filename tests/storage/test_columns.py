"""Texts are refused before a database sees them, and no column can hold a decimal or a float."""

import pytest
from sqlalchemy import Float, Numeric, String, Text, select

from policy_service.storage.columns import Words
from policy_service.storage.database import Database
from policy_service.storage.errors import StorageError
from policy_service.storage.models import METADATA
from policy_service.storage.models.policies import PolicyRow


def test_no_column_holds_a_decimal_or_a_float() -> None:
    types = {column.type.__class__ for table in METADATA.tables.values() for column in table.columns}
    assert set() == {kind for kind in types if issubclass(kind, Numeric | Float)}


def test_every_text_is_checked() -> None:
    columns = [column for table in METADATA.tables.values() for column in table.columns]
    assert [] == [str(column) for column in columns if isinstance(column.type, String | Text)]


def test_every_constraint_and_index_has_a_name_both_databases_take() -> None:
    tables = METADATA.tables.values()
    names = [str(one.name) for table in tables for one in (*table.constraints, *table.indexes)]
    assert [] == [name for name in names if name == "None" or len(name) > 63]
    indexes = [index.name for table in tables for index in table.indexes]
    assert len(indexes) == len(set(indexes))


@pytest.mark.parametrize("text", ["x" * 201, "a\0b", "half \ud83c"])
def test_a_text_that_no_database_takes_is_refused_alike(database: Database, text: str) -> None:
    with pytest.raises(StorageError) as refused, database.writing() as session:
        session.add(PolicyRow(policy_id=text, created_at=1, created_by="ada"))
    assert "S212" == refused.value.code


def test_a_text_of_any_script_comes_back_as_it_was(database: Database) -> None:
    texts = ["经销商赊销政策", "🏭", "é", "e\u0301", "\u200f", "'; --", "\t\r\n"]
    with database.writing() as session:
        session.add_all(PolicyRow(policy_id=text, created_at=1, created_by="ada") for text in texts)
    with database.reading() as session:
        assert sorted(texts) == sorted(session.scalars(select(PolicyRow.policy_id)))


def test_instants_and_amounts_of_64_bits_are_kept(database: Database) -> None:
    for instant in (-(2**63), 2**63 - 1):
        with database.writing() as session:
            session.add(PolicyRow(policy_id=str(instant), created_at=instant, created_by="ada"))
        with database.reading() as session:
            assert instant == session.get_one(PolicyRow, str(instant)).created_at


def test_a_length_counts_characters() -> None:
    Words(2).check(["经销"])
