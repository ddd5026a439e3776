"""The write-back killed at any moment and gone on with: nothing is lost, and what can be told twice is told once.

A value that is written twice is the same value. A task or a message is there once, or it is shown as uncertain.
"""

import datetime as dt
import json
from collections import Counter
from random import Random
from typing import Final

import pytest

from policy_service.connectors.port import System
from policy_service.domain.instants import business_day
from policy_service.services.connections.setting_up import Changes, change
from policy_service.services.connections.writing_back import push
from policy_service.services.connections.writing_back_looking import row_results, task_results
from policy_service.services.connections.writing_back_switch import look_at
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.case_store import CaseStore
from policy_service.storage.push_store import StoredPush
from policy_service.storage.stored_cases import Doing, NewStep
from tests.connectors.stand_ins import Document, Json, StandIn
from tests.connectors.whole.chain import SHOP, Chain
from tests.connectors.whole.killing import Killing
from tests.services.connections.test_writing_over_there import BOOKS, CRM, FXIAOKE
from tests.services.decisions.live import answered, asked

#: The object that is written to, its written fields as they should be, and what somebody there makes of them.
WRITTEN: Final[dict[str, tuple[str, dict[str, Json], dict[str, Json]]]] = {
    "fxiaoke": ("AccountObj", {"credit_grade__c": "A", "payment_term_days__c": 30}, {"credit_grade__c": "B"}),
    "zoho_books": ("contacts", {"payment_terms": 30}, {"payment_terms": 7}),
    "zoho_crm": ("Accounts", {"Credit_Grade": "A", "Payment_Term_Days": 30}, {"Credit_Grade": "B"}),
}
MAPPINGS: Final = {"fxiaoke": FXIAOKE, "zoho_books": BOOKS, "zoho_crm": CRM}
#: Longer than any pause after a refusal.
_TWO_DAYS: Final = 48 * 3_600


class WritingChain(Chain):
    """A house that writes the grades of all customers back to a stand-in, and cases where it takes them."""

    def __init__(self, house: House, stand_in: StandIn, name: str) -> None:
        super().__init__(house, stand_in, MAPPINGS[name].replace("{kind}", name))
        # Each process that is killed before it has kept its token asks for one.
        stand_in.settings(tokens_in_10_minutes=0)
        self._pushes = 0
        self.cases: list[str] = []
        self.object_name, self.right, self._wrong = WRITTEN[name]
        self.pull()
        self.day = business_day(self.clock.now(), house.settings.zone) - dt.timedelta(days=1)
        for customer in stand_in.rows(self.object_name):
            answered(house, asked(customer, None), day=self.day)
        run = self.push(is_dry=True)
        with house.database.writing() as session:
            look_at(house, session, run.push_id, SHOP, self.act())
            change(house, session, self.name, Changes(writes_back=True, is_on=True), SHOP, self.act())

    def push(self, *, is_dry: bool = False) -> StoredPush:
        """Write back to the end."""
        self._pushes += 1
        by = f"push-{self._pushes}"
        return push(self.house, self.name, self.act(), by, lambda _done, _total: None, is_dry=is_dry)

    def disturb(self, random: Random) -> None:
        """Let somebody over there change some customers, and let a case be opened of one of them."""
        some = random.sample(sorted(self.stand_in.rows(self.object_name)), 5)
        self.stand_in.change(self.object_name, set=dict.fromkeys(some, self._wrong))
        if self.name != System.ZOHO_BOOKS.value:
            case_id = f"case-{len(self.cases):02}"
            doing = Doing("L1", case_id, owner_role="sales", deadline=self.day)
            with self.house.database.writing() as session:
                store = CaseStore(session)
                case = store.open(case_id, some[0], "house", case_id, doing, self.day)
                store.add_steps(case, [NewStep(case_id, doing, "", self.day)])
            self.cases.append(case_id)
        self.pull()

    def told(self) -> Counter[str]:
        """Return how many tasks or messages tell of each case; each begins with its id."""
        made = [row for row in self.stand_in.writes() if row["object"] in ("Tasks", "message")]
        return Counter(_words(row).split(" ")[0] for row in made)


def _words(row: Document) -> str:
    values = row["values"]
    assert isinstance(values, dict)
    return str(values.get("Subject") or values.get("content"))


@pytest.fixture
def writing(request: pytest.FixtureRequest, house: House) -> WritingChain:
    """Give the house that writes back to the system that the test names."""
    return WritingChain(house, request.getfixturevalue(request.param), request.param)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("writing", ["fxiaoke", "zoho_crm"], indirect=True)
def test_a_killed_write_back_is_gone_on_with(writing: WritingChain, url: str) -> None:
    _kill(writing, url, times=2, seed=3)


@pytest.mark.long
@pytest.mark.parametrize("writing", ["fxiaoke", "zoho_books", "zoho_crm"], indirect=True)
def test_a_write_back_killed_twenty_times_loses_nothing(writing: WritingChain, url: str) -> None:
    _kill(writing, url, times=20, seed=11)


def _kill(writing: WritingChain, url: str, times: int, seed: int) -> None:
    killing = Killing(writing, url, Random(seed), steps=12)
    writing.stand_in.fault("partial_write", method="PUT", path="Accounts", rows=[0], code="RECORD_LOCKED", times=3)
    killed = ended = 0
    while killed < times:
        writing.disturb(killing.random)
        if killing.kills("push"):
            killed += 1
        else:
            ended += 1
    writing.stop_faults()
    writing.sleep(_TWO_DAYS)
    writing.pull()
    writing.push()
    writing.pull()
    last = writing.push()
    assert (0, 0, 0) == (last.planned, last.waiting, last.tasks)
    _assert_all_is_right(writing)
    _assert_each_case_is_told_once_or_shown(writing)
    _assert_all_is_in_the_audit_trail(writing)
    print(f"{killed} runs were killed, {ended} came to their end, {len(writing.stand_in.writes())} writes")


def _assert_all_is_right(writing: WritingChain) -> None:
    for row_id, row in writing.stand_in.rows(writing.object_name).items():
        assert writing.right == {name: _plain(row.get(name)) for name in writing.right}, row_id
    with writing.house.database.reading() as session:
        assert () == row_results(session, writing.name, SHOP, is_done=False)
    assert 0 == writing.stand_in.calls()["workflows"]


def _plain(found: Json) -> Json:
    """Return a number that was sent as text as the number that it is."""
    return int(float(found)) if isinstance(found, str | float) and str(found).replace(".", "").isdigit() else found


def _assert_each_case_is_told_once_or_shown(writing: WritingChain) -> None:
    with writing.house.database.reading() as session:
        results = task_results(session, writing.name, SHOP, 1_000)
    states = {one.case_id: one.state for one in results}
    told = writing.told()
    assert set(writing.cases) == states.keys()
    assert set() == set(told) - set(writing.cases)
    for case_id, state in states.items():
        assert told[case_id] <= 1
        assert state == ("done" if told[case_id] and state == "done" else "uncertain"), case_id
    # Only where nobody can ask for what was made is anything left in doubt.
    assert writing.name == "fxiaoke" or "uncertain" not in states.values()


def _assert_all_is_in_the_audit_trail(writing: WritingChain) -> None:
    with writing.house.database.reading() as session:
        store = AuditStore(session)
        assert [] == list(store.verify())
        details = [(event.act, json.loads(event.detail)) for event in store.about("connection", writing.name)]
    rows = {row for act, detail in details if act == "written_back" for row in detail["rows"]}
    cases = {case for act, detail in details if act == "cases_handed_over" for case in detail["cases"]}
    writes = writing.stand_in.writes()
    assert set() == {str(row["id"]) for row in writes if row["object"] == writing.object_name} - rows
    with writing.house.database.reading() as session:
        done = {one.case_id for one in task_results(session, writing.name, SHOP, 1_000, state="done")}
    assert {f"{case_id}/L1" for case_id in done} <= cases
