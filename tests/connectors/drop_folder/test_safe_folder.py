"""Nothing outside the folder that the operator allows is opened, whoever may write into a drop folder."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from policy_service.connectors.drop_folder.connector import DropFolder
from policy_service.connectors.drop_folder.safe_folder import copied, last_look, opened_folder
from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Account
from policy_service.connectors.port import Wanted
from tests.connectors.drop_folder.conftest import Dropped

INVOICES = Wanted("invoices", ("id",))
FILES = "invoices = *.csv | id"


def is_csv(name: str) -> bool:
    return name.endswith(".csv")


@pytest.mark.parametrize(
    "folder",
    [
        "",
        ".",
        "/",
        "..",
        "company/../..",
        "/etc",
        "company/none",
        "company/in/AR.csv",
        "company\0",
        "linked",
        "linked/in",
    ],
)
def test_a_folder_that_is_none_below_the_operators_is_refused(dropped: Dropped, folder: str) -> None:
    dropped.put("AR.csv", "id\n1\n")
    (dropped.root / "linked").symlink_to(dropped.root / "company")
    with pytest.raises(ConnectorError, match=r"\[X131\]"):
        dropped.connector(FILES, folder).page(INVOICES, "")


def test_without_a_folder_of_the_operator_there_is_none(dropped: Dropped) -> None:
    account = Account({"folder": "company/in", "files": FILES, "settle_seconds": "0"}, {})
    with pytest.raises(ConnectorError, match=r"\[X131\]"):
        DropFolder(account, dropped.world.means).check()
    with pytest.raises(ConnectorError, match=r"\[X131\]"):
        DropFolder(account, replace(dropped.world.means, drop_root=dropped.root / "none")).check()


def test_a_link_is_not_followed(dropped: Dropped, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("id\n1\n", "utf-8")
    (dropped.folder / "AR.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(ConnectorError, match=r"'AR\.csv' is a link.*\[X132\]"):
        dropped.connector(FILES).page(INVOICES, "")


def test_a_file_that_becomes_a_link_meanwhile_is_not_followed(dropped: Dropped, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("id\n1\n", "utf-8")
    path = dropped.put("AR.csv", "id\n1\n")
    with opened_folder(dropped.root, "company/in") as folder:
        look = last_look(folder, is_csv)
        path.unlink()
        path.symlink_to(tmp_path / "secret.csv")
        assert look is not None
        with pytest.raises(ConnectorError, match=r"\[X132\]"):
            copied(folder, look, tmp_path / "copy.csv")


def test_a_file_that_is_another_meanwhile_is_not_taken(dropped: Dropped, tmp_path: Path) -> None:
    path = dropped.put("AR.csv", "id\n1\n")
    with opened_folder(dropped.root, "company/in") as folder:
        look = last_look(folder, is_csv)
        assert look is not None
        path.unlink()
        assert not copied(folder, look, tmp_path / "copy.csv")
        path.write_text("id\n2\n", "utf-8")
        assert not copied(folder, look, tmp_path / "copy.csv")


def test_what_is_no_file_does_not_keep_us_waiting(dropped: Dropped) -> None:
    os.mkfifo(dropped.folder / "AR.csv")
    with pytest.raises(ConnectorError, match=r"\[X132\]"):
        dropped.connector(FILES).page(INVOICES, "")


def test_a_file_that_is_too_large_is_not_copied(dropped: Dropped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_service.connectors.drop_folder.safe_folder.MOST_BYTES", 4)
    dropped.put("AR.csv", "id\n1\n")
    with pytest.raises(ConnectorError, match=r"AR\.csv has more than 4 bytes.*\[X133\]"):
        dropped.connector(FILES).page(INVOICES, "")


def test_a_folder_of_too_many_files_is_refused(dropped: Dropped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_service.connectors.drop_folder.safe_folder._MOST_NAMES", 2)
    for number in range(3):
        dropped.put(f"{number}.csv", "id\n1\n")
    with pytest.raises(ConnectorError, match=r"\[X133\]"):
        dropped.connector(FILES).page(INVOICES, "")
