"""A snapshot made of files a piece at a time is that of the whole import, with the same report, whatever is wrong."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.errors import LedgerError
from policy_service.language.definitions.dictionary import FactDictionary
from policy_service.ledger import tables as tables_of_import
from policy_service.ledger.mapping import load_mapping
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.import_ledger import import_ledger
from simulations.ledger_snapshot import merged_report
from simulations.ledger_snapshot.errors import SnapshotError
from simulations.ledger_snapshot.files import import_report, read_snapshot, verify_snapshot
from simulations.ledger_snapshot.from_files import made_from
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.merged_report import report_of
from simulations.ledger_snapshot.snapshot import Snapshot
from tests.examples import examples
from tests.facts.small_ledgers import CNY
from tests.simulations.ledger_snapshot.comparing import contents

DECLARED: FactDictionary = {}
CUSTOMERS = [f"C{number}" for number in range(8)]
DAYS = ("2024-01-01", "2024-01-05", "2024-02-01", "2024-02-30", "")
AMOUNTS = ("1", "2.50", "2.5", "0", "x")
#: Of each table its columns; what a cell holds is drawn by the column's name.
COLUMNS: Mapping[str, Sequence[str]] = {
    "customers": ("customer_id", "valid_from", "parent_id"),
    "orders": ("order_id", "customer_id", "date", "amount"),
    "invoices": ("invoice_id", "customer_id", "issue_date", "due_date", "amount", "order_id"),
    "payments": ("payment_id", "date", "amount", "invoice_id", "customer_id"),
    "adjustments": ("adjustment_id", "invoice_id", "date", "kind", "amount"),
    "disputes": ("dispute_id", "invoice_id", "opened", "closed"),
    "promises": ("promise_id", "invoice_id", "made", "promised"),
    "events": ("event_id", "customer_id", "date", "kind"),
    "standings": ("customer_id", "from", "credit_limit"),
}


def mostly_sound(chance: random.Random) -> dict[str, list[str]]:
    """Return rows of every table, most of them sound, each fault of the import among them now and then."""
    owner = {f"I{number}": chance.choice(CUSTOMERS) for number in range(14)}
    ordered = {f"O{number}": chance.choice(CUSTOMERS) for number in range(6)}
    customers = [f"{name},,{_parent(chance)}" for name in CUSTOMERS if chance.random() < 0.95]
    customers += [f"{chance.choice(CUSTOMERS)},{chance.choice(DAYS)},{_parent(chance)}" for _ in range(3)]
    orders = [f"{name},{owner_of},2024-01-01,{_amount(chance)}" for name, owner_of in ordered.items()]
    invoices = [
        f"{name},{who},2024-01-01,{chance.choice(DAYS)},{_amount(chance)},{_order(chance, ordered, who)}"
        for name, who in owner.items()
    ]
    hanging = {table: [_hanging(chance, table, number, owner) for number in range(8)] for table in _HANGING}
    events = [f"E{number},{chance.choice(CUSTOMERS)},2024-01-05,call" for number in range(5)]
    standings = [f"{chance.choice(CUSTOMERS)},2024-01-0{number},{_amount(chance)}" for number in range(1, 5)]
    rows = {"customers": customers, "orders": orders, "invoices": invoices, **hanging, "events": events}
    return {table: _spoilt(chance, own) for table, own in {**rows, "standings": standings}.items()}


_HANGING = ("payments", "adjustments", "disputes", "promises")


def _parent(chance: random.Random) -> str:
    return chance.choice(CUSTOMERS) if chance.random() < 0.15 else ""


def _amount(chance: random.Random) -> str:
    return chance.choice(AMOUNTS) if chance.random() < 0.2 else str(chance.randint(1, 99))


def _order(chance: random.Random, ordered: Mapping[str, str], customer: str) -> str:
    own = [name for name, who in ordered.items() if who == customer]
    return chance.choice([*own, ""]) if chance.random() < 0.9 else chance.choice([*ordered, "O99"])


def _hanging(chance: random.Random, table: str, number: int, owner: Mapping[str, str]) -> str:
    invoice = chance.choice(list(owner)) if chance.random() < 0.93 else "I99"
    name, day = f"{table[0]}{number}", chance.choice(DAYS[:3])
    match table:
        case "payments":
            payer = owner.get(invoice, "C1") if chance.random() < 0.9 else chance.choice(CUSTOMERS)
            invoice = invoice if chance.random() < 0.9 else ""
            return f"{name},{day},{_amount(chance)},{invoice},{chance.choice([payer, ''])}"
        case "adjustments":
            kind = chance.choice(["credit_note", "write_off"])
            return f"{name},{invoice},{day},{kind},{_amount(chance)}"
        case _:
            return f"{name},{invoice},{day},2024-03-01"


def _spoilt(chance: random.Random, rows: list[str]) -> list[str]:
    rows = list(rows)
    if chance.random() < 0.3:
        rows.append(chance.choice(rows))
    if chance.random() < 0.3:
        first, _, rest = chance.choice(rows).partition(",")
        other = chance.choice(rows).partition(",")[2]
        rows.append(f"{first},{chance.choice([rest, other])}")
    if chance.random() < 0.2:
        rows.insert(chance.randrange(len(rows)), f"{chance.choice(rows)},I3,C2")
    if chance.random() < 0.08:
        rows.insert(chance.randrange(len(rows)), '"I5,C1')
    chance.shuffle(rows)
    return rows


def write(tables: Mapping[str, Sequence[str]], folder: Path) -> Path:
    for table, rows in tables.items():
        (folder / f"{table}.csv").write_text("\n".join([",".join(COLUMNS[table]), *rows]) + "\n", encoding="utf-8")
    return folder


def whole(folder: Path) -> tuple[dict[str, object], object]:
    result = import_ledger(folder, CNY, DECLARED)
    return contents(snapshot_of(result.ledger, len(result.quarantined))), report_of(result)


def in_pieces(folder: Path, destination: Path, rows: int = 1) -> tuple[dict[str, object], object]:
    return contents(made_from(folder, destination, CNY, DECLARED, rows_at_a_time=rows)), import_report(destination)


def assert_pieces_are_as_the_whole(seed: int, rows: int) -> None:
    with TemporaryDirectory() as place:
        (Path(place) / "files").mkdir()
        folder = write(mostly_sound(random.Random(seed)), Path(place) / "files")
        (folder / "letter.txt").write_text("not of the ledger")
        assert whole(folder) == in_pieces(folder, Path(place) / "history", rows)


@settings(max_examples=examples(37), deadline=None)
@given(st.integers(0, 10**6), st.sampled_from((1, 1, 5, 20, 1000)))
def test_pieces_come_to_what_the_whole_comes_to(seed: int, rows: int) -> None:
    assert_pieces_are_as_the_whole(seed, rows)


@pytest.mark.long
@settings(max_examples=3000, deadline=None)
@given(st.integers(0, 10**9))
def test_pieces_come_to_what_the_whole_comes_to_in_many_ledgers(seed: int) -> None:
    assert_pieces_are_as_the_whole(seed, 1)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "ledger"
    generate(SampleCompany(customers=40, invoices=1500, seed=3), folder)
    return folder


def test_a_sample_ledger_comes_in_pieces_as_it_comes_whole(sample: Path, tmp_path: Path) -> None:
    assert whole(sample) == in_pieces(sample, tmp_path / "history", 500)


def test_the_snapshot_that_is_returned_is_the_one_in_the_folder(sample: Path, tmp_path: Path) -> None:
    made = made_from(sample, tmp_path / "history", CNY, DECLARED)
    assert contents(made) == contents(verify_snapshot(tmp_path / "history"))
    assert ["history"] == [path.name for path in tmp_path.iterdir()]


def test_progress_rises_to_its_end(sample: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    made_from(
        sample,
        tmp_path / "history",
        CNY,
        DECLARED,
        progress=lambda done, of: told.append((done, of)),
        rows_at_a_time=300,
    )
    assert sorted(told) == told
    assert told[-1][0] == told[-1][1]
    assert len({of for _, of in told}) == 1


def test_what_refuses_an_import_refuses_the_snapshot(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "customers.csv").write_text("customer_id\nC1\n")
    with pytest.raises(LedgerError) as refused:
        made_from(tmp_path / "files", tmp_path / "history", CNY, DECLARED)
    assert refused.value.code == "D102"
    assert not (tmp_path / "history").exists()


def test_a_faulty_rate_refuses_the_snapshot(sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    write({"customers": ["C1,,"], "invoices": ["I1,C1,2024-01-01,2024-01-05,1,"]}, folder)
    (folder / "rates.csv").write_text("date,currency,rate\n2024-01-01,USD,-1\n")
    with pytest.raises(LedgerError) as refused:
        made_from(folder, tmp_path / "history", CNY, DECLARED)
    assert refused.value.code == "D110"
    assert ["files"] == [path.name for path in tmp_path.iterdir()]


def test_rates_are_reported_once_however_many_pieces_there_are(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    customers = [f"C{number},," for number in range(5)]
    invoices = [f"I{number},C{number},2024-01-01,2024-01-05,{number + 1}," for number in range(5)]
    write({"customers": customers, "invoices": invoices}, folder)
    (folder / "rates.csv").write_text("date,currency,rate\n2024-01-01,USD,7\n2024-01-01,USD,7\n")
    assert whole(folder) == in_pieces(folder, tmp_path / "history")


def test_too_many_faulty_rows_are_refused_though_no_piece_has_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    customers = [f"C{number},," for number in range(5)]
    invoices = [f"I{number},C{number},2024-01-01,no day,1," for number in range(5)]
    write({"customers": customers, "invoices": invoices}, folder)
    monkeypatch.setattr(tables_of_import, "MOST_FAULTY", 3)
    monkeypatch.setattr(merged_report, "MOST_FAULTY", 3)
    with pytest.raises(LedgerError) as expected:
        import_ledger(folder, CNY, DECLARED)
    with pytest.raises(LedgerError) as refused:
        made_from(folder, tmp_path / "history", CNY, DECLARED, rows_at_a_time=1)
    assert str(expected.value) == str(refused.value)
    assert refused.value.code == "D113"


def test_a_mapped_file_comes_whole_with_its_report(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "mapping: mine\nfile: paid.csv\ninvoices: {invoice_id: number, customer_id: buyer, issue_date: sold,"
        " due_date: due, amount: total}\npayment: {date: paid}\n"
    )
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "paid.csv").write_text(
        "number,buyer,sold,due,total,paid\n1,A,2024-01-01,2024-02-01,7,2024-02-03\n2,B,2024-01-01,2023-02-01,7,\n"
    )
    mapping = load_mapping(tmp_path / "mine.yaml")
    made: Snapshot = made_from(tmp_path / "files", tmp_path / "history", CNY, DECLARED, mapping)
    assert ["1"] == list(made.invoice_ids)
    assert 1 == made.quarantined
    assert report_of(import_ledger(tmp_path / "files", CNY, DECLARED, mapping)) == import_report(tmp_path / "history")


def test_where_something_else_is_nothing_is_overwritten(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "letter.txt").write_text("Dear friend")
    with pytest.raises(SnapshotError, match="Something else"):
        made_from(sample, tmp_path / "history", CNY, DECLARED)
    with pytest.raises(SnapshotError, match="manifest"):
        read_snapshot(tmp_path / "history")
