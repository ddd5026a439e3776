"""`policy demo --crm` walked to its end: what it says is what the systems hold, and what the services have kept."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from policy_service.cli.crm_demo import company as company_of_the_demo
from policy_service.cli.crm_demo.company import Company
from policy_service.cli.crm_demo.over_there import otherwise
from policy_service.cli.crm_demo.stand_ins import CUSTOMERS, StandIn
from policy_service.connectors.port import System
from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.domain.values import TRUE
from policy_service.running import now, open_house
from policy_service.services.customer_list import standings_now
from policy_service.services.house import House
from policy_service.services.sign_in.signing_in import Attempt, sign_in
from policy_service.settings import read_settings
from policy_service.storage.connection_store import ConnectionStore
from policy_service.storage.order_store import OrderStore
from policy_service.storage.override_store import OverrideStore
from policy_service.storage.push_store import PushStore
from policy_service.storage.standing_store import StandingStore
from tests.cli.crm_demo.conftest import Demo

CHINA: Final = ZoneInfo("Asia/Shanghai")
CONNECTIONS: Final = ("zoho_crm", "zoho_books", "fxiaoke")
#: By system: the object of customers, and its fields for grade, limit, term, stop credit and the next review.
FIELDS: Final = {
    "Zoho CRM": ("Accounts", ("Credit_Grade", "Credit_Limit_CNY", "Payment_Term_Days", "Stop_Credit", "Next_Review")),
    "Zoho Books": (
        "contacts",
        ("cf_credit_grade", "credit_limit", "payment_terms", "cf_stop_credit", "cf_next_review"),
    ),
    "Fxiaoke": (
        "AccountObj",
        ("credit_grade__c", "credit_limit__c", "payment_term_days__c", "stop_credit__c", "next_review__c"),
    ),
}
#: By system: the field for the name.
NAMED: Final = {"Zoho CRM": "Account_Name", "Zoho Books": "contact_name", "Fxiaoke": "name"}


@pytest.fixture
def house(walked: Demo, folder: Path) -> Iterator[House]:
    """Give the house over the database that the demo has left, by the settings that it has left beside it."""
    lines = (folder / "crm/serve.env").read_text("utf-8").splitlines()
    settings = dict(line.removeprefix("export ").split("=", 1) for line in lines)
    opened = open_house(read_settings(settings))
    yield opened
    opened.close()


@pytest.fixture
def written_at(house: House) -> Instant:
    """Give the instant at which the systems were told last: on the next day other things may stand."""
    with house.database.reading() as session:
        numbers = [ConnectionStore(session).load(name).connection_id for name in CONNECTIONS]
        return max(PushStore(session).latest(number, 1)[0].started_at for number in numbers)


def standing_there(walked: Demo, title: str) -> Mapping[str, tuple[str, ...]]:
    """Return the five fields of each customer over there as texts, by the customer's id here."""
    object_name, fields = FIELDS[title]
    found = {}
    for row_id, row in walked.over_there[title].rows(object_name).items():
        held = dict(row)
        further = held.get("custom_fields", [])
        assert isinstance(further, list)
        held |= {one["api_name"]: one["value"] for one in further}
        customer_id = str(held.get("zcrm_account_id", row_id))
        found[customer_id] = tuple(text(held[name]) for name in fields)
    return found


def standing_by_name(walked: Demo, title: str) -> Mapping[str, tuple[str, ...]]:
    """Return what stands over there by the customer's name."""
    there = standing_there(walked, title)
    rows = walked.over_there[title].rows(FIELDS[title][0])
    ids = {row_id: str(row.get("zcrm_account_id", row_id)) for row_id, row in rows.items()}
    return {str(rows[row_id][NAMED[title]]): there[ids[row_id]] for row_id in rows}


def shown_as_text(cell: str) -> str:
    said = cell.rsplit("→", maxsplit=1)[-1].strip().replace(",", "")
    return text({"yes": True, "no": False}.get(said, said))


def text(value: object) -> str:
    if isinstance(value, bool) or value in ("Yes", "No"):
        return str(value in (True, "Yes"))
    if isinstance(value, int) and value > 10**11:
        return dt.datetime.fromtimestamp(value / 1000, CHINA).date().isoformat()
    found = str(value)
    return str(Decimal(found).quantize(Decimal(1))) if re.fullmatch(r"[\d.]+", found) else found


@pytest.mark.parametrize("title", FIELDS)
def test_each_system_holds_what_was_decided(walked: Demo, house: House, written_at: Instant, title: str) -> None:
    there = standing_there(walked, title)
    with house.database.reading() as session:
        stands = StandingStore(session).in_force_of(there)
        # Ladders and persons stop credit; reviews do not.
        now_standing = standings_now(house, session, list(there), Act("manager", written_at)).standings
    decided = {
        customer_id: (
            one.outputs["grade"],
            text(one.outputs["credit_limit"]),
            one.outputs["payment_term_days"],
            str(now_standing[customer_id].values["stop_credit"] == TRUE),
            str(one.review_on),
        )
        for customer_id, one in stands.items()
    }
    assert CUSTOMERS == len(there)
    assert decided == there
    assert f"{title} now holds what was decided, in every field of {CUSTOMERS} customers." in walked.text


def test_credit_that_a_person_stops_is_stopped_in_both_of_zoho(walked: Demo, house: House) -> None:
    """The systems know one customer under ids of their own."""
    assert re.search(r"manager stops the credit of Customer \d+ of Zoho CRM", walked.text)
    with house.database.reading() as session:
        (override,) = OverrideStore(session).page(person="manager")
    for title in ("Zoho CRM", "Zoho Books"):
        assert "True" == standing_there(walked, title)[override.customer_id][3]


@pytest.mark.parametrize("title", FIELDS)
def test_the_customers_that_are_shown_have_there_what_is_shown(walked: Demo, title: str) -> None:
    """All but the one who pays, who is decided upon again after this table."""
    payer = re.search(r"(Customer \d+) owes", walked.text)
    assert payer
    there = {
        name: standing
        for name, standing in standing_by_name(walked, title).items()
        if (title, name) != ("Fxiaoke", payer[1])
    }
    table = walked.text.split(f"{title}: {CUSTOMERS} of {CUSTOMERS} customers changed")[1].split("now holds")[0]
    rows = [re.split(r" {2,}", line.strip()) for line in table.splitlines() if "Customer" in line and "→" in line]
    shown = {name: tuple(shown_as_text(cell) for cell in cells) for name, *cells in rows}
    assert 6 == len(rows)
    for name in shown.keys() & there.keys():
        assert sorted(shown[name]) == sorted(there[name])


def test_a_field_that_is_otherwise_there_is_found(
    walked: Demo, house: House, written_at: Instant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody over there lowers a limit: the comparison sees it, and sees that it was set right."""
    monkeypatch.setattr(company_of_the_demo, "now", lambda: written_at)
    there = walked.over_there["Fxiaoke"]
    company = Company(house, {}, dt.date(2026, 1, 1))
    stand_in = StandIn(System.FXIAOKE, there.origin, there.process_id, {})
    row_id, row = next(iter(there.rows("AccountObj").items()))
    before = row["credit_limit__c"]
    assert () == otherwise(company, stand_in)
    try:
        there.change("AccountObj", row_id, {"credit_limit__c": "1.00"})
        assert (f"{row_id} credit_limit__c: 1.00 / {before}",) == otherwise(company, stand_in)
    finally:
        there.change("AccountObj", row_id, {"credit_limit__c": before})
    assert () == otherwise(company, stand_in)


def test_tasks_and_messages_are_there(walked: Demo) -> None:
    tasks = [str(row["Subject"]) for row in walked.over_there["Zoho CRM"].rows("Tasks").values()]
    writes = walked.over_there["Fxiaoke"].told("writes")["writes"]
    messages = sum(one["object"] == "message" for one in writes)
    for title, count in (("Zoho CRM", len(tasks)), ("Fxiaoke", messages)):
        said = re.search(rf"{title}: rows written: \d+, refused: 0; tasks handed over: (\d+)\.", walked.text)
        assert said
        assert count == int(said[1])
    assert not tasks or f"such as: {tasks[0]}" in walked.text


def test_no_workflow_over_there_was_fired(walked: Demo) -> None:
    assert [0, 0, 0] == [one.told("calls")["workflows"] for one in walked.over_there.values()]


def test_a_pull_of_nothing_new_is_small_and_changes_nothing(walked: Demo) -> None:
    step = walked.text.split("Pulled again")[1].split("A customer pays")[0]
    rows = re.findall(r"^ +(?:Zoho CRM|Zoho Books|Fxiaoke) +([\d, ]+)$", step, re.MULTILINE)
    assert 3 == len(rows)
    for row in rows:
        first, second, *_, changes = (int(number.replace(",", "")) for number in row.split())
        assert (0, True) == (changes, second < first)


def test_another_person_looked_than_the_one_who_made_the_dry_run(house: House) -> None:
    with house.database.reading() as session:
        for name in CONNECTIONS:
            connection = ConnectionStore(session).load(name)
            dry = [one for one in PushStore(session).latest(connection.connection_id, 99) if one.is_dry]
            assert [("integrator", "checker")] == [(one.person, one.looked_by) for one in dry]
            assert connection.writes_back


def test_nobody_approved_what_they_proposed(house: House) -> None:
    with house.database.reading() as session:
        stands = StandingStore(session).page(state="in_force", limit=1_000)
    assert 2 * CUSTOMERS == len(stands)
    waited = [one for one in stands if one.approval_role != "analyst" and one.decided_by != one.proposed_by]
    assert {"analyst"} == {one.proposed_by for one in stands}
    assert all(one.decided_by in {"manager", "finance"} for one in waited)


def test_what_the_payment_did_is_what_the_order_says_now(walked: Demo, house: House) -> None:
    with house.database.reading() as session:
        order = OrderStore(session).load("SO-DEMO-1")
    said = re.search(r"decided again by itself: (\w+)", walked.text)
    assert said
    assert order.outcome == said[1]
    receipts = walked.over_there["Fxiaoke"].rows("PaymentObj").values()
    (receipt,) = (one for one in receipts if one["name"] == "R-DEMO-1")
    assert f"a receipt of {Decimal(str(receipt['payment_amount'])):,} is entered" in walked.text


def test_the_passwords_let_its_people_in(walked: Demo, house: House) -> None:
    said = re.search(r"manager +credit manager +(\S+)", walked.text)
    assert said
    sign_in(house, Attempt("manager", said[1], "token"), Act("manager", now()))


def test_the_database_of_the_settings_is_not_touched(walked: Demo, folder: Path) -> None:
    assert walked.lines
    assert not (folder / "own.db").exists()
    assert {"sample_crms.db", "connections.key", "serve.env", "zoho_crm.yaml", "zoho_books.yaml", "fxiaoke.yaml"} == {
        file.name for file in (folder / "crm").iterdir() if not file.name.startswith("sample_crms.db-")
    }
    assert 0o600 == (folder / "crm/connections.key").stat().st_mode & 0o777
