"""Hand-worked cases: a tiny ledger, a policy, options, and what a credit manager expects of the replay."""

import csv
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from policy_service.domain.currencies import currency
from policy_service.domain.days import day_number
from policy_service.domain.entries import Ledger
from policy_service.language.definitions.dictionary_files import Dictionary, load_dictionary
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.ledger.importer import read_ledger
from simulations.replay.options import RELEASE_DAYS, HeldOrders, Mode, Options, PaymentBehaviour
from tests.simulations.plain.against import said_of_run
from tests.simulations.plain.figures import COUNTED, USUAL, Rates
from tests.simulations.plain.happened import Happened
from tests.simulations.plain.recorded import replay_recorded
from tests.simulations.plain.replay import replay
from tests.simulations.plain.report import compared

CASES = Path(__file__).parents[1] / "cases"
ROOT = Path(__file__).parents[3]
RECORDED = "recorded"
COUNTS = frozenset({"orders", *COUNTED, "cases_opened", "customers", "leak_alarm"})
KEYED_COUNTS = ("notices", "case_steps", "workload_peak", "customers_by_grade", "grade_migration")


@dataclass(frozen=True, slots=True)
class Case:
    """A case as written, with its ledger, its policies (a baseline of none is today's practice) and options."""

    name: str
    written: Mapping[str, object]
    ledger: Ledger
    policy: Policy | None
    baseline: Policy | None
    options: Options
    rates: Rates

    @property
    def has_baseline(self) -> bool:
        """Whether two runs are compared."""
        return "baseline" in self.written


@cache
def written_cases() -> Mapping[str, Mapping[str, object]]:
    """Return the cases of all files by name; a name stands once."""
    found: dict[str, Mapping[str, object]] = {}
    for path in sorted(CASES.glob("*.yaml")):
        if path.name not in ("policies.yaml", "facts.yaml", "reasons.yaml"):
            for case in yaml.safe_load(path.read_text("utf-8")):
                assert case["name"] not in found, case["name"]
                found[case["name"]] = case
    return found


def case_of(name: str) -> Case:
    """Return the case of that name, ready to be replayed."""
    written = written_cases()[name]
    policy = policy_of(written["policy"])
    base = currency(written.get("base_currency", "CNY"))
    ledger = ledger_of(written["ledger"], base)
    baseline = written.get("baseline", RECORDED)
    return Case(
        name,
        written,
        ledger,
        policy,
        policy_of(baseline),
        options_of(written["options"]),
        rates_of(written.get("rates", {})),
    )


@cache
def dictionary() -> Dictionary:
    """Return the facts and reasons of the shipped policies and those of the cases."""
    return load_dictionary(ROOT / "rules", CASES)


@cache
def policies() -> Mapping[str, Mapping[str, object]]:
    """Return the policies of the cases, by name."""
    return yaml.safe_load((CASES / "policies.yaml").read_text("utf-8"))


@cache
def policy_of(name: str) -> Policy | None:
    """Return the policy of that name, of the cases' own or shipped; none for today's practice as recorded."""
    if name == RECORDED:
        return None
    if name not in policies():
        return load_policy(ROOT / "rules" / name)
    return made(name, policies()[name])


def made(name: str, texts: Mapping[str, object]) -> Policy:
    """Return the policy of these rule sets; `head` holds further lines of policy.yaml."""
    rule_sets = {key: text for key, text in texts.items() if key != "head"}
    head = f"policy: {name}\ntitle: {{en: Made for a case, zh: 案例}}\nrule_sets: [{', '.join(rule_sets)}]\n"
    if "base_currency" not in texts.get("head", ""):
        head += "base_currency: CNY\n"
    with TemporaryDirectory() as folder:
        (Path(folder) / "policy.yaml").write_text(head + texts.get("head", ""), "utf-8")
        for rule_set, text in rule_sets.items():
            (Path(folder) / f"{rule_set}.yaml").write_text(text, "utf-8")
        return load_policy(Path(folder), dictionary())


def ledger_of(tables: Mapping[str, str], base: object) -> Ledger:
    """Return the ledger of these tables, each as a CSV file; without customers those that invoices and orders name."""
    with TemporaryDirectory() as folder:
        if "customers" not in tables:
            (Path(folder) / "customers.csv").write_text("\n".join(["customer_id", *customers_of(tables)]), "utf-8")
        for table, text in tables.items():
            (Path(folder) / f"{table}.csv").write_text("\n".join(lines_of(text)), "utf-8")
        imported = read_ledger(Path(folder), base, declared=dictionary().facts)
    assert [] == [str(one) for one in imported.quarantined]
    return imported.ledger


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of a table without the blanks that align its columns."""
    for line in text.strip().splitlines():
        yield ",".join(cell.strip() for cell in line.split(","))


def customers_of(tables: Mapping[str, str]) -> list[str]:
    """Return the customers that the tables name."""
    rows = [row for text in tables.values() for row in csv.DictReader(list(lines_of(text)))]
    return sorted({row["customer_id"] for row in rows if row.get("customer_id")})


def options_of(written: Mapping[str, object]) -> Options:
    """Return the options, with the defaults of the contract."""
    return Options(
        begins=day_number(written["from"]),
        ends=day_number(written["to"]),
        mode=Mode(written.get("mode", "closed")),
        held_orders=HeldOrders(written.get("held_orders", "lost")),
        release_days=written.get("release_days", RELEASE_DAYS),
        payment_behaviour=PaymentBehaviour(written.get("payment_behaviour", "keep_delay")),
    )


def rates_of(written: Mapping[str, object]) -> Rates:
    """Return the rates: shares as decimals, the cost of a step in major units."""
    named = {name: Fraction(str(value)) for name, value in written.items() if name != "cost_per_step"}
    return Rates(**named, cost_per_step=int(Fraction(str(written.get("cost_per_step", 0))) * 100)) if written else USUAL


def run(case: Case) -> tuple[Happened, Mapping[str, object]]:
    """Return what happened under the candidate, and the report against the baseline (else against itself)."""
    after = happened_under(case, case.policy)
    before = happened_under(case, case.baseline) if case.has_baseline else after
    return after, compared(before, after, case.policy, case.rates)


def happened_under(case: Case, policy: Policy | None) -> Happened:
    """Return the case's run under one of its sides."""
    return replay_recorded(case.ledger, case.options) if policy is None else replay(case.ledger, policy, case.options)


def unmet(case: Case) -> list[str]:
    """Return what of the case's expectations is not so, one sentence each."""
    happened, report = run(case)
    expected = case.written["expect"]
    found = _unmet_of_run(expected, happened)
    scale = 10**case.ledger.base_currency.decimals
    for side in ("kpis", "baseline_kpis"):
        figures = report["candidate" if side == "kpis" else "baseline"]
        for name, value in expected.get(side, {}).items():
            found += _unmet_figure(name, value, figures[name], scale)
    for path, value in expected.get("report", {}).items():
        found += _unmet_figure(path, value, at(report, path), scale)
    return found


def _unmet_of_run(expected: Mapping[str, object], happened: Happened) -> list[str]:
    said, found = said_of_run(happened), []
    for about, words in expected.get("run", {}).items():
        actual = said.get(about, {})
        for word, value in words.items():
            shown = value.isoformat() if isinstance(value, dt.date) else value
            if actual.get(word) != shown:
                found.append(f"{about}: {word} is {actual.get(word)}, expected {shown}")
    if "fired" in expected:
        fired = sorted(" ".join(f"{dt_of(one.day)} {one.key} {one.invoice_id}".split()) for one in happened.fired)
        if fired != sorted(expected["fired"]):
            found.append(f"fired: {fired}, expected {expected['fired']}")
    return found


def dt_of(day: int) -> str:
    """Return the day as a date."""
    return (dt.date(1970, 1, 1) + dt.timedelta(days=day)).isoformat()


def at(report: object, path: str) -> object:
    """Return what stands in the report at a path of keys and places."""
    for key in path.split("/"):
        report = report[int(key)] if isinstance(report, list) else report[key]
    return report


def _unmet_figure(name: str, value: object, actual: object, scale: int) -> list[str]:
    if isinstance(value, Mapping):
        if not isinstance(actual, Mapping) or (actual and not value):
            return [f"{name} is {actual}, expected {value}"]
        return [
            line for key, one in value.items() for line in _unmet_figure(f"{name}/{key}", one, actual.get(key), scale)
        ]
    expected, found = value, actual
    if isinstance(value, dt.date):
        expected = value.isoformat()
    elif isinstance(actual, float) and isinstance(value, str):
        expected = float(Fraction(value.split("/")[0]) / Fraction(value.split("/")[1]))
    elif isinstance(actual, float):
        found = round(actual, decimals_of(value))
    elif isinstance(actual, int) and not is_count(name):
        expected = Fraction(str(value)) * scale
    return [] if expected == found else [f"{name} is {actual}, expected {value}"]


def is_count(path: str) -> bool:
    """Whether the figure at a path counts something, where the others are money."""
    keys = path.split("/")
    return (
        keys[-1] in COUNTS
        or any(key in KEYED_COUNTS for key in keys)
        or keys[-1] in ("notices", "receivables_peak_date")
    )


def decimals_of(value: object) -> int:
    """Return how many decimals a figure is written with."""
    found = re.search(r"\.(\d+)$", str(value))
    return len(found[1]) if found else 0
