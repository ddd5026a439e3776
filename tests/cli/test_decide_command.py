"""`policy decide` decides one customer or all, for people and for programs."""

import errno
import io
import json
import re
import shutil
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pytest

from policy_service.cli import wording
from policy_service.cli.main import main
from policy_service.domain.errors import FactError
from policy_service.services.decide import CustomerDecisions, Decider, Question
from tests.cli.running import Ran, in_a_process, policy, refusal

CUSTOMER = "C000000001"


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text, old
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def own_ledger(ledger: Path, tmp_path: Path) -> Path:
    """Copy the ledger, for a test to break."""
    return Path(shutil.copytree(ledger, tmp_path / "own"))


def test_all_customers_at_a_glance(ledger: Path) -> None:
    ran = policy("decide", "--ledger", ledger)
    assert (0, "") == (ran.exit_code, ran.err)
    assert "30 customers, as of 2026-01-01" in ran.out
    for word in ("grade", "approval role", "outcome", "reason", "level"):
        assert word in ran.out


@cache
def every_line(ledger: Path) -> Ran:
    """Decide all customers for a program, once for several tests."""
    return policy("decide", "--ledger", ledger, "--json")


def test_every_customer_is_one_line_of_json(ledger: Path) -> None:
    ran = every_line(ledger)
    lines = [json.loads(line) for line in ran.out.splitlines()]

    assert (0, "") == (ran.exit_code, ran.err)
    assert [line["review"]["customer_id"] for line in lines] == [f"C{number:09}" for number in range(1, 31)]
    for line in lines:
        assert set(line) == {"review", "escalation", "order"}
        assert line["review"]["as_of"] == "2026-01-01"
        assert line["order"] is None or line["order"]["outcome"]


def test_one_customer_is_the_same_line(ledger: Path) -> None:
    one = policy("decide", "--ledger", ledger, "--json", "--customer", CUSTOMER)
    assert one.out.splitlines() == every_line(ledger).out.splitlines()[:1]


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_the_bytes_are_the_same_in_any_process(ledger: Path, seed: str) -> None:
    there = in_a_process("decide", "--ledger", ledger, "--json", environment={"PYTHONHASHSEED": seed})
    assert (0, b"") == (there.returncode, there.stderr)
    assert there.stdout == every_line(ledger).out.encode()


def test_the_order_is_the_latest_invoices_unless_an_amount_is_given(ledger: Path) -> None:
    def amount(*more: str) -> str:
        line = json.loads(policy("decide", "--ledger", ledger, "--json", "--customer", CUSTOMER, *more).out)
        return line["order"]["facts"]["order_amount"]["value"]

    rows = [line.split(",") for line in (ledger / "invoices.csv").read_text().splitlines()]
    own = [row for row in rows if row[1] == f'"{CUSTOMER}"']
    assert amount() == own[-1][4]
    assert amount("--as-of", own[-1][2]) == own[-2][4]
    assert amount("--order", "0.01") == "0.01"


def test_a_customer_without_an_invoice_has_no_order(ledger: Path) -> None:
    line = json.loads(
        policy("decide", "--ledger", ledger, "--json", "--customer", CUSTOMER, "--as-of", "2022-01-01").out
    )
    assert line["order"] is None
    assert policy("decide", "--ledger", ledger, "--as-of", "2022-01-01").exit_code == 0


def test_one_decision_is_explained(ledger: Path) -> None:
    ran = policy("decide", "--ledger", ledger, "--customer", CUSTOMER, "--order", "5000")
    assert ran.exit_code == 0
    for part in (CUSTOMER, "review", "escalation", "order 5,000.00 CNY", "characteristic", "credit limit", "facts:"):
        assert part in ran.out


def test_all_can_be_explained(ledger: Path) -> None:
    ran = policy("decide", "--ledger", ledger, "--explain")
    assert ran.out.count("as of 2026-01-01") == 30


@pytest.mark.parametrize("options", [("--explain",), ()])
def test_in_chinese_no_english_word_of_the_terminal_is_left(ledger: Path, options: tuple[str, ...]) -> None:
    text = policy("decide", "--ledger", ledger, "--language", "zh", *options).out
    own = {word for word in wording._CHINESE if word not in ("collection",)}
    found = {word for word in own if re.search(rf"(?<![\w ]){re.escape(word.replace('_', ' '))}(?![\w ])", text)}
    assert found == set()
    assert "unknown" not in text


def test_every_word_of_the_terminal_is_in_both_languages() -> None:
    assert set(wording._ENGLISH) <= set(wording._CHINESE)


def test_an_override_is_applied_and_shown(ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text(
        f"- {{customer_id: {CUSTOMER}, person: m.li, reason: Bank guarantee, expires_on: 2026-06-30,"
        " decision: review, set: {credit_limit: 123456.78}}\n",
        "utf-8",
    )
    ran = policy("decide", "--ledger", ledger, "--customer", CUSTOMER, "--overrides", tmp_path / "overrides.yaml")
    assert ran.exit_code == 0
    assert "A person decided otherwise (m.li, until 2026-06-30: Bank guarantee)" in " ".join(ran.out.split())
    assert "123,456.78" in ran.out


def test_a_broken_file_of_overrides_is_refused(ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text("- {customer_id: C1}\n", "utf-8")
    ran = policy("decide", "--ledger", ledger, "--overrides", tmp_path / "overrides.yaml")
    assert (2, "") == (ran.exit_code, ran.out)
    assert "overrides.yaml line 1" in ran.err
    assert policy("decide", "--ledger", ledger, "--overrides", tmp_path).exit_code == 2


def test_a_customer_whose_row_cannot_be_read_is_left_out_and_that_is_said(own_ledger: Path) -> None:
    worth = next(
        cell for line in (own_ledger / "customers.csv").read_text().splitlines()[1:] if (cell := line.split(",")[9])
    )
    change(own_ledger, "customers.csv", f",{worth},", ",much,")
    ran = policy("decide", "--ledger", own_ledger, "--json")
    assert ran.exit_code == 0
    assert len(ran.out.splitlines()) == 29
    assert "quarantined: `policy import` lists each" in ran.err


def test_of_all_customers_one_that_cannot_be_measured_is_said_and_the_others_decided(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = Decider.decide

    def but_one(decider: Decider, question: Question) -> CustomerDecisions:
        if question.customer_id == CUSTOMER:
            raise FactError("F101", "There is no rate for USD.", remedy="Add one.")
        return decide(decider, question)

    monkeypatch.setattr(Decider, "decide", but_one)
    ran = policy("decide", "--ledger", ledger, "--json")
    assert (1, 29) == (ran.exit_code, len(ran.out.splitlines()))
    assert "There is no rate for USD. Add one. [F101]" in ran.err
    refusal(policy("decide", "--ledger", ledger, "--customer", CUSTOMER), "F101")


def test_rows_in_quarantine_are_mentioned_once(own_ledger: Path) -> None:
    change(own_ledger, "invoices.csv", "I000000002", "I000000001")
    ran = policy("decide", "--ledger", own_ledger)
    assert ran.exit_code == 0
    assert "quarantined: `policy import` lists each" in ran.err


def test_an_empty_ledger_needs_a_day(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id\n")
    (tmp_path / "invoices.csv").write_text("invoice_id,customer_id,issue_date,due_date,amount\n")
    refusal(policy("decide", "--ledger", tmp_path), "R408")
    ran = policy("decide", "--ledger", tmp_path, "--as-of", "2026-01-01")
    assert (0, "") == (ran.exit_code, ran.err)
    assert policy("decide", "--ledger", tmp_path, "--as-of", "2026-01-01", "--json").out == ""


def test_names_that_look_like_markup_are_written_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id,name\n[/red]C1,[bold]x\n")
    (tmp_path / "invoices.csv").write_text(
        "invoice_id,customer_id,issue_date,due_date,amount\n[/]I1,[/red]C1,2025-01-01,2025-01-31,5\n"
    )
    (tmp_path / "standings.csv").write_text("customer_id,from,grade,credit_limit\n[/red]C1,2025-01-01,[/x],5\n")
    for options in ((), ("--explain",), ("--customer", "[/red]C1")):
        ran = policy("decide", "--ledger", tmp_path, *options)
        assert (0, "") == (ran.exit_code, ran.err)
        assert "[/red]C1" in ran.out


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--customer", "C9"), "R404"),
        (("--customer", ""), "R404"),
        (("--order", "much"), "R402"),
        (("--order", ""), "R402"),
        (("--order", "-1"), "R402"),
        (("--order", "unlimited"), "R402"),
        (("--policy", "nothing"), "R401"),
        (("--mapping", "nothing"), "R407"),
        (("--mapping", "ibm_accounts_receivable"), "D102"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_its_code(ledger: Path, options: tuple[str, ...], code: str) -> None:
    refusal(policy("decide", "--ledger", ledger, *options), code)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--as-of", "yesterday"), "'yesterday' is no calendar day. Write it as 2026-03-01."),
        (("--as-of", "20260101"), "no calendar day"),
        (("--as-of", "2026-02-30"), "no calendar day"),
        (("--ledger", "no/such/folder"), "does not exist"),
        (("--overrides", "no/such/file"), "does not exist"),
        (("--language", "de"), "'de' is not one of"),
        (("--no-such-option",), "No such option"),
        (("more",), "unexpected extra argument"),
    ],
)
def test_a_wrong_option_is_named(ledger: Path, options: tuple[str, ...], found: str) -> None:
    ran = policy("decide", "--ledger", ledger, *options)
    assert (2, "") == (ran.exit_code, ran.out)
    assert found in ran.err


def test_the_ledger_of_the_settings_is_taken(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal(policy("decide"), "R406")
    monkeypatch.setenv("LEDGER_DIR", str(ledger))
    assert policy("decide", "--json").out == policy("decide", "--ledger", ledger, "--json").out
    monkeypatch.setenv("LEDGER_DIR", str(ledger / "nothing"))
    refusal(policy("decide"), "S102")


def test_the_default_policy_is_that_of_the_settings(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEFAULT_POLICY", "sme_simple")
    ran = policy("decide", "--ledger", ledger, "--customer", CUSTOMER, "--json")
    assert "sme_simple" in ran.out
    assert ran == policy("decide", "--ledger", ledger, "--customer", CUSTOMER, "--json", "--policy", "sme_simple")


def test_a_mapped_history_in_another_currency_than_the_policys_is_refused(tmp_path: Path) -> None:
    (tmp_path / "paid.csv").write_text("who,number,issued,due,sum,settled\nC1,I1,2025-01-01,2025-01-31,5,2025-02-01\n")
    (tmp_path / "paid.yaml").write_text(
        "mapping: paid\nfile: paid.csv\ndate_format: YYYY-MM-DD\nbase_currency: USD\n"
        "invoices: {invoice_id: number, customer_id: who, issue_date: issued, due_date: due, amount: sum}\n"
        "payment: {date: settled, amount: all}\n"
    )
    options = ("decide", "--ledger", tmp_path, "--mapping", tmp_path / "paid.yaml")
    assert "USD" in refusal(policy(*options), "R405")
    assert policy(*options, "--policy", "sme_simple").exit_code == 0


def test_a_terminal_that_knows_no_chinese_gets_escapes(ledger: Path) -> None:
    options = ("decide", "--ledger", ledger, "--language", "zh", "--customer", CUSTOMER)
    ran = in_a_process(*options, environment={"PYTHONIOENCODING": "ascii"})
    assert (0, b"") == (ran.returncode, ran.stderr)
    assert b"\\u" in ran.stdout


@pytest.mark.parametrize("options", [(), ("--json",), ("--explain",)])
def test_an_output_that_is_full_is_said(ledger: Path, options: tuple[str, ...]) -> None:
    code, err = into_an_output_that_fails(errno.ENOSPC, "--ledger", str(ledger), *options)
    assert code == 2
    assert "It fails. Check the path, its permissions and the room that is left. [R503]" in err


def test_a_reader_that_has_seen_enough_is_no_error(ledger: Path) -> None:
    _, err = into_an_output_that_fails(errno.EPIPE, "--ledger", str(ledger), "--json")
    assert err == ""


def into_an_output_that_fails(number: int, *options: str) -> tuple[object, str]:
    class Failing(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(number, "It fails")

    class Kept(io.StringIO):
        def close(self) -> None:
            """Keep what was written."""

    err = Kept()
    with redirect_stdout(Failing()), redirect_stderr(err), pytest.raises(SystemExit) as stopped:
        main(["decide", *options])
    return stopped.value.code, err.getvalue()


def test_no_command_shows_what_there_is() -> None:
    ran = policy()
    assert "decide" in ran.out + ran.err
    assert policy("--help").exit_code == 0
    assert policy("no-such-command").exit_code == 2
