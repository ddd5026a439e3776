"""The generated company behaves as its profile says, within what chance allows."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from policy_service.sample_ledger import profile
from policy_service.sample_ledger.behaviour import Behaviour, behave
from policy_service.sample_ledger.columns import Flags
from policy_service.sample_ledger.customers import NEVER, Customers, make_customers
from policy_service.sample_ledger.profile import COUNTRIES, INDUSTRIES, PAYER_TYPES, SEGMENTS, SampleCompany
from policy_service.sample_ledger.trade import Invoices, make_invoices

COMPANY = SampleCompany(3_000, 200_000, 4)
KIND_OF_PAYER = {payer.name: number for number, payer in enumerate(PAYER_TYPES)}


@dataclass(frozen=True)
class Drawn:
    """A company with what became of its invoices; `paid` are those paid and never disputed."""

    customers: Customers
    invoices: Invoices
    behaviour: Behaviour

    @property
    def paid(self) -> Flags:
        return (self.behaviour.paid < NEVER) & (self.behaviour.disputed == NEVER)

    def days_late(self, chosen: Flags) -> float:
        return float((self.behaviour.paid - self.invoices.due)[chosen & self.paid].mean())

    def by(self, payer: str) -> Flags:
        return self.customers.payer[self.invoices.customer] == KIND_OF_PAYER[payer]

    def of(self, industry: str) -> Flags:
        number = [each.name for each in INDUSTRIES].index(industry)
        return self.customers.industry[self.invoices.customer] == number

    def in_year(self, year: int) -> Flags:
        return self.invoices.issued // 365 == year


@cache
def drawn() -> Drawn:
    random = np.random.default_rng(COMPANY.seed)
    customers = make_customers(COMPANY, random)
    chosen = np.arange(len(customers), dtype=np.int64)
    invoices = make_invoices(customers, chosen, 1, COMPANY, random)
    return Drawn(customers, invoices, behave(customers, invoices, COMPANY, random))


@pytest.mark.parametrize(
    ("drawn_as", "shares"),
    [
        ("segment", [each.share for each in SEGMENTS]),
        ("industry", [each.share for each in INDUSTRIES]),
        ("payer", [each.share for each in PAYER_TYPES]),
        ("country", [share for _, share in COUNTRIES]),
    ],
)
def test_classes_have_their_shares(drawn_as: str, shares: list[float]) -> None:
    assert sum(shares) == pytest.approx(1)
    found = np.bincount(getattr(drawn().customers, drawn_as), minlength=len(shares)) / COMPANY.customers
    spread = np.sqrt(np.array(shares) * (1 - np.array(shares)) / COMPANY.customers)
    assert (np.abs(found - shares) < 4.5 * spread).all()


def test_payers_pay_as_their_kind_does() -> None:
    late = {payer.name: drawn().days_late(drawn().by(payer.name)) for payer in PAYER_TYPES}
    assert late["prompt"] < 0 < late["a_little_late"] < late["slow"]
    assert late["prompt"] == pytest.approx(-2, abs=1.5)
    assert late["slow"] == pytest.approx(22 + 2, abs=4)


def test_erratic_payers_spread_more() -> None:
    days = drawn().behaviour.paid - drawn().invoices.due
    spread = {name: float(days[drawn().by(name) & drawn().paid].std()) for name in ("prompt", "erratic")}
    assert spread["erratic"] > 3 * spread["prompt"]


def test_some_get_worse_and_some_better_year_by_year() -> None:
    worse = [drawn().days_late(drawn().by("deteriorating") & drawn().in_year(year)) for year in range(3)]
    better = [drawn().days_late(drawn().by("improving") & drawn().in_year(year)) for year in range(3)]
    assert worse == sorted(worse)
    assert better == sorted(better, reverse=True)
    assert worse[2] - worse[0] > 25
    assert better[0] - better[2] > 10


@pytest.mark.parametrize("industry", INDUSTRIES, ids=lambda each: each.name)
def test_the_shock_hits_its_industries_for_its_days(industry: profile.Industry) -> None:
    begins = COMPANY.days * profile.SHOCK_AT
    due = drawn().invoices.due
    own = drawn().of(industry.name)
    during = drawn().days_late(own & (due >= begins) & (due < begins + profile.SHOCK_DAYS))
    before = drawn().days_late(own & (due < begins))
    after = drawn().days_late(own & (due >= begins + profile.SHOCK_DAYS) & (due < COMPANY.days - 120))
    assert during - before == pytest.approx(industry.hit_by_shock, abs=3)
    assert after - before < 3


@pytest.mark.parametrize("industry", INDUSTRIES, ids=lambda each: each.name)
def test_trade_follows_the_season(industry: profile.Industry) -> None:
    days_of_year = drawn().invoices.issued[drawn().of(industry.name)] % 365.25
    months = np.bincount((days_of_year / 365.25 * 12).astype(int), minlength=12)
    distance = abs(int(months.argmax()) + 1 - industry.peak_month)
    assert min(distance, 12 - distance) <= 1
    assert months.max() / months.min() > 1 + industry.season


def test_trade_grows() -> None:
    first, second, third = (int(drawn().in_year(year).sum()) for year in range(3))
    assert first < second < third


@pytest.mark.parametrize(
    ("name", "share", "tolerance"),
    [
        ("rest", profile.PARTIAL_SHARE, 0.004),
        ("credited", profile.CREDIT_NOTE_SHARE, 0.003),
    ],
)
def test_parts_and_credit_notes_have_their_shares(name: str, share: float, tolerance: float) -> None:
    assert float((getattr(drawn().behaviour, name) > 0).mean()) == pytest.approx(share, abs=tolerance)


def test_disputes_and_deposits_have_their_shares() -> None:
    behaviour, invoices = drawn().behaviour, drawn().invoices
    assert float((behaviour.disputed < NEVER).mean()) == pytest.approx(profile.DISPUTE_SHARE, abs=0.003)
    assert float((behaviour.paid < invoices.issued).mean()) == pytest.approx(profile.DEPOSIT_SHARE, abs=0.002)


def test_promises_are_kept_by_some_and_broken_by_others() -> None:
    behaviour = drawn().behaviour
    made = behaviour.promise_made < NEVER
    kept = made & (behaviour.paid <= behaviour.promised)
    by_prompt, by_deteriorating = (
        float(kept[drawn().by(name)].sum() / made[drawn().by(name)].sum()) for name in ("slow", "deteriorating")
    )
    assert 0.05 < float(made.mean()) < 0.2
    assert 0.4 < by_deteriorating + 0.1 < by_prompt + 0.2
    assert by_deteriorating < by_prompt < 0.9
    assert (behaviour.promised[made] >= behaviour.promise_made[made]).all()


def test_customers_fail_and_then_pay_nothing_and_trade_no_more() -> None:
    customers, invoices, behaviour = drawn().customers, drawn().invoices, drawn().behaviour
    fails = customers.fails[invoices.customer]
    paid = behaviour.paid[behaviour.paid < NEVER]
    assert 0.01 < float((customers.fails < COMPANY.days).mean()) < 0.06
    assert (paid < fails[behaviour.paid < NEVER]).all()
    assert (invoices.issued <= fails + profile.TRADE_AFTER_FAILURE_DAYS).all()
    deteriorating = customers.payer == KIND_OF_PAYER["deteriorating"]
    failed = customers.fails < COMPANY.days
    assert failed[deteriorating].mean() > 5 * failed[~deteriorating].mean()


def test_what_stays_unpaid_is_written_off() -> None:
    behaviour, invoices = drawn().behaviour, drawn().invoices
    unpaid = behaviour.paid == NEVER
    assert (behaviour.written_off[unpaid] == invoices.due[unpaid] + profile.WRITE_OFF_AFTER_DAYS).all()
    assert (behaviour.written_off < COMPANY.days).sum() > 100


def test_a_few_customers_make_most_of_the_sales() -> None:
    sales = np.bincount(drawn().invoices.customer, drawn().invoices.amount, COMPANY.customers)
    largest = np.sort(sales)[::-1] / sales.sum()
    key = drawn().customers.segment == 0
    assert 0.6 < largest[: COMPANY.customers // 10].sum() < 0.95
    assert 0.1 < largest[:10].sum() < 0.6
    assert sales[key].sum() / sales.sum() > 5 * key.mean()


def test_every_date_is_in_its_order() -> None:
    invoices, behaviour = drawn().invoices, drawn().behaviour
    since = drawn().customers.since[invoices.customer]
    assert (invoices.ordered <= invoices.issued).all()
    assert (invoices.issued <= invoices.due).all()
    assert (np.maximum(since, 0) <= invoices.ordered).all()
    assert (invoices.issued < COMPANY.days).all()
    disputed = behaviour.disputed < NEVER
    assert (invoices.issued <= behaviour.disputed)[disputed].all()
    assert (behaviour.disputed <= behaviour.dispute_closed)[disputed].all()
    assert (invoices.amount > 0).all()
    assert (behaviour.first_part > 0).all()


def test_customers_get_exactly_the_invoices_asked_for() -> None:
    assert int(drawn().customers.invoices.sum()) == len(drawn().invoices) == COMPANY.invoices
