"""A house that writes back to the small system, and reviews that say what stands."""

from policy_service.connectors.means import Account
from policy_service.connectors.port import System
from policy_service.domain.acting import Act
from policy_service.domain.instants import SECOND, business_day
from policy_service.services.connections.setting_up import Changes, change
from policy_service.services.connections.writing_back import push
from policy_service.services.connections.writing_back_looking import FieldWrite, planned_writes
from policy_service.services.connections.writing_back_switch import look_at
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.push_store import StoredPush
from tests.services.connections.small_system import ACCOUNT, SYSTEM, Pulling, SmallSystem
from tests.services.decisions.live import answered, asked, at, enforce
from tests.services.house import house_policy

MAPPING = """
mapping: small
system: {kind}
rows:
  - from: Accounts
    to: customers
    columns: {customer_id: id, name: name, net_worth: worth}
  - from: Invoices
    to: invoices
    columns: {invoice_id: id, customer_id: account, issue_date: day, due_date: due, amount: amount, order_id: order}
write_back:
  - object: Accounts
    fields:
      grade: {field: Grade, values: {A: Gold, B: Silver}, unset: ""}
      credit_limit: {field: Limit, decimals: 2, unlimited: "", unset: ""}
      payment_term_days: Term
      credit_stopped: {field: Stopped, set: 停, clear: 正常}
      next_review: {field: Review, unset: ""}
tasks:
  about: Accounts
  subject: "{action}: {customer}"
  text: "{customer_id} {reason} {overdue} {currency} {days_past_due} {due} {order}/{amount} {link}"
"""


class Pushing(Pulling):
    """A house that pulls the small system and writes back to it."""

    def __init__(
        self,
        house: House,
        system: SmallSystem,
        kind: System = System.ZOHO_CRM,
        mapping: str = MAPPING,
        account: Account = ACCOUNT,
    ) -> None:
        super().__init__(house, system, mapping.replace("{kind}", kind.value), kind, account)
        self.at = at()
        self._pushes = 0

    def review(self, customer_id: str) -> None:
        """Review a customer, so that something stands."""
        self.at += SECOND
        day = business_day(self.at, self.house.settings.zone)
        answered(self.house, asked(customer_id, None), day=day)

    def push(self, *, is_dry: bool = False) -> StoredPush:
        """Write back to the end."""
        self.at += 1_000 * SECOND
        self._pushes += 1
        act = Act("shop", self.at)
        by = f"push-{self._pushes}"
        return push(self.house, "small", act, by, lambda _done, _total: self.spark.burn(), is_dry=is_dry)

    def switch_on(self) -> StoredPush:
        """Make a dry run, look at it, and switch the write-back on."""
        run = self.push(is_dry=True)
        with self.house.database.writing() as session:
            look_at(self.house, session, run.push_id, SYSTEM, self.act())
        with self.house.database.writing() as session:
            change(self.house, session, "small", Changes(writes_back=True, is_on=True), SYSTEM, self.act())
        return run

    def planned(self) -> tuple[FieldWrite, ...]:
        """Return what would be written now."""
        with self.house.database.reading() as session:
            return planned_writes(self.house, session, "small", SYSTEM, self.act()).writes

    def connection(self) -> StoredConnection:
        """Return the connection as it is stored."""
        with self.house.database.reading() as session:
            return ConnectionStore(session).load("small")

    def there(self, row_id: str) -> dict[str, object]:
        """Return the fields that are written back, as they are over there."""
        body = self.system.rows["Accounts"][row_id][1] or {}
        return {name: value for name, value in body.items() if name in ("Grade", "Limit", "Term", "Stopped", "Review")}

    def later(self, hours: int) -> None:
        """Let time go by."""
        self.at += hours * 3_600 * SECOND


def three_customers() -> SmallSystem:
    """Return a system with three customers."""
    small = SmallSystem()
    small.put("Accounts", "A1", name="Ada", worth="250000", Limit=None, Term=None, Grade="", Stopped=None, Review=None)
    small.put("Accounts", "A2", name="Bob", worth="9000", Limit="800", Term="15", Grade=None, Stopped=None, Review=None)
    small.put("Accounts", "A3", name="Cid", worth="", Limit=None, Term=None, Grade=None, Stopped=None, Review=None)
    return small


def two_reviewed(house: House, system: SmallSystem) -> Pushing:
    """Return a house that has pulled three customers and reviewed two of them."""
    enforce(house, house_policy())
    made = Pushing(house, system)
    made.pull()
    made.review("A1")
    made.review("A2")
    return made
