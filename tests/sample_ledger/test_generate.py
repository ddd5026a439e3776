"""The files of a generated ledger: complete, clean, streamed, and the same for the same seed."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pyarrow.compute as pc
import pytest
from pyarrow import Table, csv

from policy_service.domain.currencies import currency
from policy_service.domain.errors import RequestError
from policy_service.ledger.importer import read_ledger
from policy_service.sample_ledger import generate as generating
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany

COMPANY = SampleCompany(300, 12_000, 21)
TABLES = {"customers", "invoices", "orders", "payments", "adjustments", "disputes", "promises", "events"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("generated") / "ledger"
    generate(COMPANY, made)
    return made


@pytest.fixture(scope="module")
def tables(folder: Path) -> Mapping[str, Table]:
    texts = csv.ConvertOptions(column_types=dict.fromkeys(("posted_on", "closed", "matures_on"), "date32[day]"))
    return {file.stem: csv.read_csv(file, convert_options=texts) for file in folder.iterdir()}


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_every_file_of_a_ledger_is_there_with_its_rows(folder: Path, tables: Mapping[str, Table]) -> None:
    counted = generate(COMPANY, folder.with_name("again"))
    assert set(tables) == TABLES
    assert {name: table.num_rows for name, table in tables.items()} == counted
    assert (counted["customers"], counted["invoices"]) == (COMPANY.customers, COMPANY.invoices)
    assert contents(folder.with_name("again")) == contents(folder)


def test_every_row_is_imported(folder: Path) -> None:
    result = read_ledger(folder, currency("CNY"))
    assert result.quarantined == ()
    assert {count.repeated for count in result.counts} == {0}
    assert result.warnings == ()
    assert len(result.ledger.histories) == COMPANY.customers
    assert any(root != customer for customer, root in result.ledger.roots.items())


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("invoices", "issue_date"),
        ("invoices", "order_date"),
        ("orders", "date"),
        ("payments", "date"),
        ("payments", "posted_on"),
        ("adjustments", "date"),
        ("disputes", "opened"),
        ("disputes", "closed"),
        ("promises", "made"),
        ("events", "date"),
    ],
)
def test_nothing_is_dated_outside_the_history(tables: Mapping[str, Table], table: str, column: str) -> None:
    days = tables[table].column(column)
    assert COMPANY.first_day - dt.timedelta(days=7) <= pc.min(days).as_py()
    assert pc.max(days).as_py() <= COMPANY.last_day


def test_the_company_has_all_that_a_ledger_can_have(tables: Mapping[str, Table]) -> None:
    def kinds(table: str, column: str) -> set[str]:
        return set(pc.unique(tables[table].column(column)).to_pylist())

    assert kinds("adjustments", "kind") == {"credit_note", "write_off"}
    assert {"insolvency_notice", "rating_change", "contact"} <= kinds("events", "kind")
    assert kinds("orders", "state") == {"invoiced", "cancelled"}
    assert kinds("payments", "instrument") == {"transfer", "acceptance_bill"}
    assert tables["payments"].column("invoice_id").null_count or "" in kinds("payments", "invoice_id")
    assert tables["disputes"].column("closed").null_count > 0
    late = pc.greater(tables["payments"].column("posted_on"), tables["payments"].column("date"))
    assert 0.02 < pc.mean(late.cast("int8")).as_py() < 0.08


@pytest.mark.parametrize(
    ("table", "key"),
    [("customers", "customer_id"), ("invoices", "invoice_id"), ("orders", "order_id"), ("payments", "payment_id")],
)
def test_every_id_is_given_once(tables: Mapping[str, Table], table: str, key: str) -> None:
    assert pc.count_distinct(tables[table].column(key)).as_py() == tables[table].num_rows


def test_another_seed_is_another_company(folder: Path, tmp_path: Path) -> None:
    generate(SampleCompany(COMPANY.customers, COMPANY.invoices, COMPANY.seed + 1), tmp_path / "other")
    other, same = contents(tmp_path / "other"), contents(folder)
    assert all(other[name] != same[name] for name in same)


@pytest.mark.parametrize("batch", [1, 700, 11_999])
def test_batches_change_neither_customers_nor_counts_nor_soundness(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """What is drawn for an invoice depends on its batch; who the customers are, and how many invoices each has, not."""
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(generating, "BATCH", batch)
    rows = generate(COMPANY, tmp_path / "batched", lambda done, total: told.append((done, total)))

    assert (tmp_path / "batched/customers.csv").read_bytes() == (folder / "customers.csv").read_bytes()
    assert invoices_by_customer(tmp_path / "batched") == invoices_by_customer(folder)
    assert rows["invoices"] == COMPANY.invoices
    assert read_ledger(tmp_path / "batched", currency("CNY")).quarantined == ()
    assert told == sorted(told)
    assert told[-1] == (COMPANY.invoices, COMPANY.invoices)
    assert len(told) > 1


def test_only_one_batch_is_held_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    monkeypatch.setattr(generating, "BATCH", 1_000)
    make = generating.make_invoices

    def counted(*arguments: object) -> object:
        made = make(*arguments)  # type: ignore[arg-type]
        sizes.append(len(made))
        return made

    monkeypatch.setattr(generating, "make_invoices", counted)
    generate(COMPANY, tmp_path / "batched")
    largest = max(invoices_by_customer(tmp_path / "batched").values())
    assert max(sizes) <= 1_000 + largest


def test_customers_without_an_invoice_are_in_the_file(tmp_path: Path) -> None:
    generate(SampleCompany(50, 3, 1), tmp_path / "few")
    result = read_ledger(tmp_path / "few", currency("CNY"))
    assert result.quarantined == ()
    assert (len(result.ledger.histories), sum(len(one.invoices) for one in result.ledger.histories.values())) == (50, 3)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("first", "last"), [((1900, 1, 1), (1900, 3, 1)), ((2024, 2, 29), (2024, 3, 29)), ((2950, 1, 1), (2999, 12, 31))]
)
def test_any_stretch_of_days_gives_a_clean_ledger(
    tmp_path: Path, seed: int, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    generate(SampleCompany(20, 300, seed, dt.date(*first), dt.date(*last)), tmp_path / "g")
    result = read_ledger(tmp_path / "g", currency("CNY"))
    assert result.quarantined == ()
    assert sum(len(one.invoices) for one in result.ledger.histories.values()) == 300


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RequestError) as refused:
        generate(COMPANY, tmp_path)
    assert refused.value.code == "R502"


def test_a_progress_that_stops_the_work_leaves_nothing(tmp_path: Path) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(COMPANY, tmp_path / "stopped", stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_a_million_invoices_are_written_and_imported_clean(tmp_path: Path) -> None:
    counted = generate(SampleCompany(20_000, 1_000_000, 3), tmp_path / "large")
    assert counted["invoices"] == 1_000_000
    assert read_ledger(tmp_path / "large", currency("CNY")).quarantined == ()


def invoices_by_customer(folder: Path) -> dict[str, int]:
    counted = csv.read_csv(folder / "invoices.csv").group_by("customer_id").aggregate([("invoice_id", "count")])
    return dict(zip(counted["customer_id"].to_pylist(), counted["invoice_id_count"].to_pylist(), strict=True))
