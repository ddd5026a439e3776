"""Zoho CRM v8: what is asked where, with which right, and what it costs."""

import re
from typing import Final

from policy_service.sample_crms.clock import DAY, Window
from policy_service.sample_crms.company import Company
from policy_service.sample_crms.crm import coql, querying, reading, rows
from policy_service.sample_crms.crm.describing import described_fields, described_modules
from policy_service.sample_crms.crm.errors import body, invalid, refusal
from policy_service.sample_crms.crm.modules import FIRST_NEW, MODULES, Module, crm_id
from policy_service.sample_crms.crm.paging import Tokens
from policy_service.sample_crms.crm.showing import MOST_FIELDS, shown
from policy_service.sample_crms.crm.watching import Watches
from policy_service.sample_crms.crm.writing import Writer
from policy_service.sample_crms.faults import Fault
from policy_service.sample_crms.speaking import Answer, Asked, answer, word
from policy_service.sample_crms.system import StandIn
from policy_service.sample_crms.table import Held, Row, Tables
from policy_service.sample_crms.zoho_accounts import PATH, ZohoAccounts, covers

SCOPES: Final = frozenset(
    {"ZohoCRM.modules.ALL", "ZohoCRM.coql.READ", "ZohoCRM.notifications.ALL", "ZohoCRM.settings.ALL"}
)
_RECORDS: Final = re.compile(r"/crm/v8/(\w+)(?:/(deleted|search|upsert|actions/count|\d+))?")
#: Enterprise with few users; 0 is without bound.
_CREDITS: Final = 50_000
_CONCURRENCY: Final = 10


class ZohoCrm(StandIn):
    """The accounts server and Zoho CRM at one origin.

    Settings: `credits` in 24 hours, `concurrency`, `tokens_in_10_minutes`, `token_lives_s`, `scopes`,
    `scope_mismatch_status`.
    """

    def __init__(self, company: Company, settings: Row) -> None:
        self.accounts = ZohoAccounts(self, SCOPES)
        self.watches = Watches(self)
        self.tokens = Tokens()
        super().__init__(company, settings)

    def fill(self) -> Tables:
        """Return the records of every module."""
        return rows.fill(self.company)

    def begin(self) -> None:
        """Forget tokens, channels and what was used of the credits."""
        self.accounts.begin()
        self.watches.channels.clear()
        self.tokens.places.clear()
        self._credits = Window(DAY)
        self._new = FIRST_NEW

    def expire_tokens(self) -> None:
        """Let every access token expire."""
        self.accounts.expire()

    def expire_page_tokens(self) -> None:
        """Let every page token expire."""
        self.tokens.places.clear()

    def credentials(self) -> Row:
        """Return what one needs to sign in."""
        return self.accounts.credentials()

    def control(self, verb: str, document: Row) -> Row:
        """Give out another code to sign in with: `code`."""
        return self.accounts.control(verb, document)

    def new_id(self, object_name: str) -> str:
        """Return the id of a new record."""
        self._new += 1
        return crm_id(MODULES[object_name].number, self._new)

    def name_of(self, row: Held) -> str:
        """Return what users call a record."""
        for module in MODULES.values():
            if f"{module.number:03d}" == row.row_id[6:9]:
                return str(row.body.get(module.title, ""))
        return ""

    def tell(self, object_name: str, event: str, changed: dict[str, Row]) -> None:
        """Tell those who watch the module."""
        self.outbox.extend(self.watches.notices(object_name, event, changed))

    def state(self) -> Row:
        """Return what is held, and the channels without their tokens."""
        channels = [
            {name: one for name, one in channel.items() if name != "token"}
            for channel in self.watches.channels.values()
        ]
        return {**super().state(), "watch": channels}

    def instead(self, fault: Fault) -> Answer:
        """Return the answer of Zoho CRM to a fault."""
        match fault.kind:
            case "throttled":
                made = answer(429, body("TOO_MANY_REQUESTS", "Too many requests fired in a minute"))
                if "retry_after" in fault.options:
                    made.headers["Retry-After"] = str(fault.options["retry_after"])
                return made
            case "authentication_failure":
                return answer(401, body("AUTHENTICATION_FAILURE", "Authentication failed"))
            case _:
                return answer(200, body(word(fault.options, "code") or "INTERNAL_ERROR", "Internal Server Error"))

    def answer(self, asked: Asked) -> Answer:
        """Answer a request to either server."""
        if asked.path == PATH:
            return self.accounts.answer(asked)
        self._pay(1)
        if len(self.journal.active) > self.most("concurrency", _CONCURRENCY) > 0:
            raise refusal(429, "TOO_MANY_REQUESTS", "more calls at once than the edition allows")
        if "authorization" not in asked.headers:
            raise refusal(401, "AUTHENTICATION_FAILURE", "Authentication failed")
        scopes = self.accounts.allowed(asked)
        if scopes is None:
            raise refusal(401, "INVALID_TOKEN", "invalid oauth token")
        match asked.path:
            case "/crm/v8/coql":
                self._permit(scopes, "ZohoCRM.coql.READ")
                return self._queried(asked)
            case "/crm/v8/actions/watch":
                self._permit(scopes, "ZohoCRM.notifications.ALL")
                return self.watches.answer(asked)
            case "/crm/v8/settings/modules":
                self._permit(scopes, "ZohoCRM.settings.READ", "ZohoCRM.settings.modules.READ")
                return described_modules(asked)
            case "/crm/v8/settings/fields":
                self._permit(scopes, "ZohoCRM.settings.READ", "ZohoCRM.settings.fields.READ")
                return described_fields(asked)
        found = _RECORDS.fullmatch(asked.path)
        if found is None:
            raise refusal(404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one")
        module = MODULES.get(found.group(1))
        if module is None:
            raise refusal(400, "INVALID_MODULE", "the module name given seems to be invalid")
        return self._records(asked, module, found.group(2) or "", scopes)

    def _records(self, asked: Asked, module: Module, what: str, scopes: frozenset[str]) -> Answer:
        table = self.tables[module.name]
        now = self.clock.now()
        match asked.method, what:
            case "GET", _ if what != "upsert":
                self._permit_on(scopes, module, "READ")
                match what:
                    case "":
                        return reading.listed(table, module, asked, self.tokens, now)
                    case "deleted":
                        return reading.deleted(table, asked, _user(), self.tokens, now)
                    case "search":
                        return reading.searched(table, module, asked)
                    case "actions/count":
                        return reading.counted(table, asked)
                    case _:
                        return reading.one(table, module, what, asked)
            case "POST", "" | "upsert":
                self._permit_on(scopes, module, "CREATE")
                writer = Writer(self, module, asked, _user())
                return writer.insert() if what == "" else writer.upsert()
            case "PUT", _ if what == "" or what.isdigit():
                self._permit_on(scopes, module, "UPDATE")
                return Writer(self, module, asked, _user(), what).update()
            case "DELETE", _ if what.isdigit():
                self._permit_on(scopes, module, "DELETE")
                return self._deleted(module, what)
        raise refusal(400, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one")

    def _deleted(self, module: Module, row_id: str) -> Answer:
        row = self.tables[module.name].get(row_id)
        if row is None:
            raise invalid("the id given seems to be invalid", id=row_id)
        self.tables[module.name].delete(row_id, self.clock.now(), self.name_of(row))
        self.journal.write(module.name, row_id, "delete", {}, fires_workflows=True)
        self.tell(module.name, "delete", {row_id: {}})
        told = {"code": "SUCCESS", "details": {"id": row_id}, "message": "record deleted", "status": "success"}
        return answer(200, {"data": [told]})

    def _queried(self, asked: Asked) -> Answer:
        document = asked.document()
        if asked.method != "POST" or document is None or set(document) != {"select_query"}:
            raise invalid("a query is posted as select_query", api_name="select_query")
        query = coql.parse(word(document, "select_query"))
        # One credit was paid already: a query costs by the rows that it may bring.
        self._pay(sum(query.count > most for most in (200, 1_000)))
        module = MODULES.get(query.module)
        if module is None:
            raise refusal(400, "INVALID_QUERY", "invalid query formed", {"module": query.module, "reason": "module"})
        if len(query.columns) > MOST_FIELDS:
            raise refusal(400, "LIMIT_EXCEEDED", "more than 50 columns", {"limit": MOST_FIELDS})
        found, has_more = querying.found(self.tables[module.name], module, query)
        if not found:
            return Answer(204)
        data = [shown(row, query.columns, asked) for row in found]
        return answer(200, {"data": data, "info": {"count": len(data), "more_records": has_more}})

    def _pay(self, price: int) -> None:
        if not self._credits.take(self.clock.now(), self.most("credits", _CREDITS), price):
            raise refusal(429, "TOO_MANY_REQUESTS", "the credits of 24 hours are used up")
        self.journal.credits += price

    def _permit_on(self, scopes: frozenset[str], module: Module, right: str) -> None:
        name = module.name.lower()
        own = [f"ZohoCRM.modules.{one}.{right}" for one in (name, name.replace("_", ""), "custom")]
        self._permit(scopes, f"ZohoCRM.modules.{right}", *(own if module.is_custom else own[:2]))

    def _permit(self, scopes: frozenset[str], *wanted: str) -> None:
        if not covers(scopes, *wanted):
            status = self.most("scope_mismatch_status", 401)
            raise refusal(status, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL")


def _user() -> Row:
    return {"name": rows.owner(0)["name"], "id": rows.owner(0)["id"]}
