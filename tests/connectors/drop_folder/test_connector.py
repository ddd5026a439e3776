"""What is dropped into a folder is read once it is whole, and stands for all rows that there are."""

import json
from pathlib import Path
from typing import Final

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_service.connectors.drop_folder import connector as connector_module
from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Change, RemoteField, RemoteObject, Wanted
from tests.connectors.drop_folder.conftest import Dropped
from tests.connectors.mirror import Mirror

INVOICES: Final = Wanted("invoices", ("发票号", "金额"))


def written(*rows: tuple[str, str]) -> str:
    return "发票号,金额\n" + "".join(f"{number},{amount}\n" for number, amount in rows)


def test_the_rows_of_a_file_are_told_by_their_key(dropped: Dropped) -> None:
    dropped.put("AR.csv", written(("F1", "120000.00"), ("F2", "80")))
    mirror = Mirror()
    mirror.pull(dropped.connector(), INVOICES)
    expected = {"F1": {"发票号": "F1", "金额": "120000.00"}, "F2": {"发票号": "F2", "金额": "80"}}
    assert expected == mirror.bodies


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (written(("F1", "1")).encode("utf-8-sig"), "invoices = *.csv | 发票号"),
        (written(("F1", "1")).replace(",", ";"), "invoices = *.csv | 发票号 | semicolon"),
        (written(("F1", "1")).replace(",", "\t"), "invoices = *.csv | 发票号 | tab"),
        (written(("F1", "1")).replace(",", "|").replace("\n", "\r\n"), "invoices = *.csv | 发票号 | bar"),
    ],
)
def test_text_files_may_have_a_mark_and_another_delimiter(dropped: Dropped, text: str | bytes, files: str) -> None:
    dropped.put("AR.csv", text)
    (row,) = dropped.connector(files).page(INVOICES, "").rows
    assert {"发票号": "F1", "金额": "1"} == row.body


def test_a_workbook_is_read_from_the_sheet_that_is_called_like_the_object(dropped: Dropped) -> None:
    with xlsxwriter.Workbook(dropped.folder / "客户.xlsx") as workbook:
        workbook.add_worksheet("notes").write_row(0, 0, ["nothing"])
        sheet = workbook.add_worksheet("customers")
        sheet.write_row(0, 0, ["id", "名称"])
        sheet.write_row(1, 0, ["C1", "上海一厂"])
    (row,) = dropped.connector().page(Wanted("customers", ("id", "名称")), "").rows
    assert ("C1", {"id": "C1", "名称": "上海一厂"}) == (row.row_id, row.body)


def test_a_file_that_has_been_read_brings_nothing_again(dropped: Dropped) -> None:
    dropped.put("AR.csv", written(("F1", "1")))
    mirror, connector = Mirror(), dropped.connector()
    mirror.pull(connector, INVOICES)
    page = connector.page(INVOICES, mirror.cursor)
    assert ((), mirror.cursor, True, "") == (page.rows, page.cursor, page.is_last, page.listing)
    assert 1 == len(dropped.world.waits)


def test_rows_that_a_new_file_no_longer_has_are_gone(dropped: Dropped) -> None:
    path = dropped.put("AR.csv", written(("F1", "1"), ("F2", "2")))
    mirror, connector = Mirror(), dropped.connector()
    mirror.pull(connector, INVOICES)
    path.unlink()
    mirror.pull(connector, INVOICES)
    assert {"F1", "F2"} == mirror.bodies.keys()
    dropped.put("AR.csv", written(("F2", "3")))
    mirror.pull(connector, INVOICES)
    assert {"F2": {"发票号": "F2", "金额": "3"}} == mirror.bodies


def test_of_several_files_the_last_by_name_counts(dropped: Dropped) -> None:
    dropped.put("AR_2026-03-02.csv", written(("F2", "2")))
    dropped.put("AR_2026-03-01.csv", written(("F1", "1")))
    mirror = Mirror()
    mirror.pull(dropped.connector(), INVOICES)
    assert {"F2"} == mirror.bodies.keys()


def test_a_file_that_is_still_written_to_waits_for_the_next_pull(dropped: Dropped) -> None:
    path = dropped.put("AR.csv", written(("F1", "1")))
    connector, mirror = dropped.connector(), Mirror()
    dropped.meanwhile = lambda: path.write_text(written(("F1", "1"), ("F2", "2")), "utf-8")
    mirror.pull(connector, INVOICES)
    assert ({}, [30.0]) == (mirror.bodies, dropped.world.waits)
    dropped.meanwhile = lambda: None
    mirror.pull(connector, INVOICES)
    assert {"F1", "F2"} == mirror.bodies.keys()


@pytest.mark.parametrize("name", ["AR.csv.part", "AR.csv.tmp", ".AR.csv", "~AR.csv", "AR.csv~", "AR.pdf"])
def test_what_is_not_finished_or_not_meant_is_not_read(dropped: Dropped, name: str) -> None:
    path = dropped.put(name, written(("F1", "1")))
    connector, mirror = dropped.connector("invoices = *.csv | 发票号"), Mirror()
    mirror.pull(connector, INVOICES)
    assert {} == mirror.bodies
    path.rename(dropped.folder / "AR.csv")
    mirror.pull(connector, INVOICES)
    assert {"F1"} == mirror.bodies.keys()


def test_a_wait_that_is_to_stop_stops(dropped: Dropped) -> None:
    dropped.put("AR.csv", written(("F1", "1")))
    dropped.world.stops_after = 0
    with pytest.raises(ConnectorError, match=r"\[X109\]"):
        dropped.connector().page(INVOICES, "")


def test_rows_that_a_key_does_not_tell_apart_are_told_by_their_line(dropped: Dropped) -> None:
    text = written(("F1", "1"), ("", "2"), ("F1", "3"), ("x" * 101, "4"), ("#3", "5")) + "F9\n"
    dropped.put("AR.csv", text)
    mirror = Mirror()
    mirror.pull(dropped.connector(), INVOICES)
    amounts = {row_id: body["金额"] for row_id, body in mirror.bodies.items()}
    assert {"F1": "1", "#3": "2", "F1#4": "3", "#5": "4", "#3#6": "5", "#7": None} == amounts
    assert "1 cells where the header has 2" == mirror.bodies["#7"]["#broken"]


def test_a_pull_goes_on_after_a_crash_and_reads_what_comes_before_again(
    dropped: Dropped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector_module, "PAGE_ROWS", 2)
    rows = [("F1", "1"), ("F1", "2"), ("F1", "3"), ("F2", "4"), ("F1", "5")]
    dropped.put("AR.csv", written(*rows))
    mirror = Mirror()
    while True:
        page = dropped.connector().page(INVOICES, mirror.cursor)
        mirror.take(page)
        if page.is_last:
            break
    assert ["F1", "F1#3", "F1#4", "F2", "F1#6"] == list(mirror.bodies)
    assert 3 == mirror.pages
    assert 1 == len(dropped.world.waits)


def test_a_file_that_is_replaced_between_two_pages_is_begun_anew(
    dropped: Dropped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector_module, "PAGE_ROWS", 2)
    dropped.put("AR.csv", written(*((f"F{number}", "1") for number in range(5))))
    mirror, connector = Mirror(), dropped.connector()
    mirror.take(connector.page(INVOICES, ""))
    dropped.put("new.part", written(("F0", "9"), ("F7", "9"))).replace(dropped.folder / "AR.csv")
    mirror.pull(connector, INVOICES)
    assert {"F0", "F7"} == mirror.bodies.keys()
    assert {"9"} == {body["金额"] for body in mirror.bodies.values()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(st.lists(st.sampled_from("ABC"), max_size=7), st.integers(0, 4)), min_size=1, max_size=4))
def test_whatever_is_dropped_between_pages_in_the_end_the_last_file_is_mirrored(
    dropped: Dropped, monkeypatch: pytest.MonkeyPatch, drops: list[tuple[list[str], int]]
) -> None:
    monkeypatch.setattr(connector_module, "PAGE_ROWS", 2)
    mirror, expected = Mirror(), set[str]()
    for number, (keys, pages) in enumerate(drops):
        text = written(*((key, str(number)) for key in keys))
        dropped.put("new.part", text).replace(dropped.folder / "AR.csv")
        for _ in range(pages):
            mirror.take(dropped.connector().page(INVOICES, mirror.cursor))
        first = {key: line for line, key in reversed(list(enumerate(keys, 2)))}
        expected = {key if first[key] == line else f"{key}#{line}" for line, key in enumerate(keys, 2)}
    mirror.pull(dropped.connector(), INVOICES)
    assert expected == mirror.bodies.keys()
    assert {str(len(drops) - 1)} >= {body["金额"] for body in mirror.bodies.values()}


def test_a_column_or_key_that_is_newly_wanted_has_the_file_read_again(dropped: Dropped) -> None:
    dropped.put("AR.csv", "发票号,金额,单号\nF1,1,S1\n")
    mirror = Mirror()
    mirror.pull(dropped.connector(), INVOICES)
    mirror.pull(dropped.connector(), Wanted("invoices", ("发票号", "单号")))
    assert {"F1": {"发票号": "F1", "单号": "S1"}} == mirror.bodies
    mirror.pull(dropped.connector("invoices = AR*.csv | 单号"), INVOICES)
    assert {"S1"} == mirror.bodies.keys()


def test_copies_are_gone_with_the_connector(dropped: Dropped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector_module, "PAGE_ROWS", 1)
    (tmp_path / "own").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "own"))
    dropped.put("AR.csv", written(("F1", "1"), ("F2", "2")))
    connector = dropped.connector()
    connector.fields("invoices")
    connector.page(INVOICES, "")
    assert 1 == len(list((tmp_path / "own").rglob("*.csv")))
    del connector
    assert [] == list((tmp_path / "own").iterdir())


def test_what_there_is_can_be_asked(dropped: Dropped) -> None:
    connector = dropped.connector()
    assert (RemoteObject("invoices", "AR*.csv"), RemoteObject("customers", "客户*.xlsx")) == connector.objects()
    assert () == connector.fields("invoices")
    dropped.put("AR.csv", written(("F1", "1")))
    expected = (RemoteField("发票号", "发票号", is_writable=False), RemoteField("金额", "金额", is_writable=False))
    assert expected == connector.fields("invoices")
    assert "Folder company/in: invoices from AR.csv, customers from no file yet" == connector.check()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "X134"),
        (written(("F1", "发票")).encode("gb18030"), "X134"),
        ("发票号,金额\nF1,\0\n", "X134"),
        ("金额\n1\n", "X135"),
        ("发票号\nF1\n", "X135"),
        ("发票号,金额,金额\nF1,1,1\n", "X135"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_changes_nothing(dropped: Dropped, text: str | bytes, code: str) -> None:
    dropped.put("AR_1.csv", written(("F1", "1")))
    mirror, connector = Mirror(), dropped.connector()
    mirror.pull(connector, INVOICES)
    dropped.put("AR_2.csv", text)
    with pytest.raises(ConnectorError, match=rf"AR_2\.csv.*\[{code}\]"):
        mirror.pull(connector, INVOICES)
    assert {"F1"} == mirror.bodies.keys()


def test_a_file_that_lacks_a_column_is_told_how_a_mapping_is_proposed(dropped: Dropped) -> None:
    dropped.put("AR.csv", "发票号\nF1\n")
    with pytest.raises(ConnectorError) as refused:
        dropped.connector().page(INVOICES, "")
    assert "policy connect map NAME --propose" in refused.value.remedy


def test_a_file_of_too_many_rows_is_refused(dropped: Dropped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_service.connectors.drop_folder.rows.MOST_ROWS", 2)
    dropped.put("AR.csv", written(("F1", "1"), ("F2", "1"), ("F3", "1")))
    with pytest.raises(ConnectorError, match=r"AR\.csv has more than 2 rows.*\[X133\]"):
        dropped.connector().page(INVOICES, "")


def test_an_object_that_settings_do_not_name_is_refused(dropped: Dropped) -> None:
    with pytest.raises(ConnectorError, match=r"\[X137\]"):
        dropped.connector().page(Wanted("orders", ("id",)), "")


@pytest.mark.parametrize("cursor", ["x", "[]", '{"v":2}', '{"v":1,"row":-1}', '{"v":1,"more":1}', "1" * 5000])
def test_a_cursor_that_is_none_is_refused(dropped: Dropped, cursor: str) -> None:
    with pytest.raises(ConnectorError, match=r"\[X126\]"):
        dropped.connector().page(INVOICES, cursor)


def test_a_cursor_is_a_short_text(dropped: Dropped) -> None:
    dropped.put("AR.csv", written(("F1", "1")))
    cursor = dropped.connector().page(INVOICES, "").cursor
    assert 1 == json.loads(cursor)["v"]
    assert len(cursor) < 300


def test_nothing_is_written_into_the_folder(dropped: Dropped) -> None:
    with pytest.raises(ConnectorError, match=r"\[X136\]"):
        dropped.connector().write("invoices", [Change("F1", {})])
    with pytest.raises(ConnectorError, match=r"\[X136\]"):
        dropped.connector().assign([])
