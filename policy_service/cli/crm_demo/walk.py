"""The walk of `policy demo --crm`: from three systems that hold a company's books to their fields as they should be."""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Final

from rich.cells import set_cell_size

from policy_service.cli.crm_demo import writing
from policy_service.cli.crm_demo.company import (
    ANALYST,
    CHECKER,
    INTEGRATOR,
    MANAGER,
    PEOPLE,
    POLICY,
    ZONE,
    Company,
    Place,
    new_company,
    today_of,
)
from policy_service.cli.crm_demo.connecting import Pulled, connect, pull
from policy_service.cli.crm_demo.debtors import text_of
from policy_service.cli.crm_demo.deciding import grades, live_the_day, policy_title, review_all, stop_credit
from policy_service.cli.crm_demo.mappings import EDITS, as_diff
from policy_service.cli.crm_demo.over_there import Row, otherwise, rows_there, write_back_of
from policy_service.cli.crm_demo.payment import pays
from policy_service.cli.crm_demo.stand_ins import CUSTOMERS, INVOICES, StandIn, stand_ins
from policy_service.cli.crm_demo.telling import Telling, counted
from policy_service.cli.wording import money
from policy_service.connectors.port import System
from policy_service.logs import set_up_logs_of_commands
from policy_service.settings import Settings

#: So many customers of each system are shown, and so many rows of a dry run.
SHOWN: Final = 6
_ROWS_SHOWN: Final = 2
_ONE: Final = dt.timedelta(days=1)
_HOW_TO: Final = "docs/how-to/connect-zoho-crm.md, connect-zoho-books.md, connect-fxiaoke.md"
#: What stands over there is not what was decided.
_FOUND: Final = 1


def walk(settings: Settings, folder: Path, language: str, *, stays: bool) -> int:
    """Walk through it in a company of its own below `folder`; return 1 where a system ends up otherwise than decided.

    With `stays` the stand-ins are there until somebody stops it. The database that settings name is not touched.
    PolicyServiceError X197 for a stand-in that does not answer, X198 for a shipped mapping that was changed; else what
    the services say.
    """
    set_up_logs_of_commands()
    settings = replace(settings, default_policy=POLICY, company_time_zone=ZONE)
    place, telling = Place(folder / "crm"), Telling(language)
    telling.headline(
        "Three CRMs pulled, decided upon and written back to. They are stand-ins: nothing leaves this machine."
    )
    last_day = today_of(settings) - _ONE
    with stand_ins(last_day) as three:
        _tell_of(telling, three, last_day)
        with new_company(settings, place, three) as company:
            is_well = _Walk(telling, company, place, three).through()
        _what_next(telling, place, company.passwords, settings)
        if stays:
            telling.line("The stand-ins go on until Ctrl-C: pull them from the console, too.")
            _wait()
    return 0 if is_well else _FOUND


def _tell_of(telling: Telling, three: Sequence[StandIn], last_day: dt.date) -> None:
    telling.step("Three systems begin, each a process of its own")
    titles = [telling.title(one.system) for one in three]
    for one, title in zip(three, titles, strict=True):
        telling.text(
            f"{set_cell_size(title, 12)} {one.origin:<24} {telling.say('process {process}', process=one.process_id)}"
        )
    named = dict(zip(("first", "second", "third"), titles, strict=True))
    telling.line("{first} and {second} hold the books of one company, {third} those of another.", **named)
    told = {"customers": CUSTOMERS, "invoices": INVOICES, "day": last_day}
    telling.line("Each knows {customers:,} customers and {invoices:,} invoices of the three years until {day}.", **told)


def _wait() -> None:
    with suppress(KeyboardInterrupt):
        Event().wait()


class _Walk:
    def __init__(self, telling: Telling, company: Company, place: Place, three: Sequence[StandIn]) -> None:
        self._telling = telling
        self._company = company
        self._place = place
        self._three = three

    def through(self) -> bool:
        self._connect()
        first = self._pull()
        self._decide()
        before = {one.system: rows_there(self._company, one) for one in self._three}
        self._write()
        is_well = self._compare(before)
        self._pull_again(first)
        fxiaoke = next(one for one in self._three if one.system is System.FXIAOKE)
        return pays(self._telling, self._company, fxiaoke) and is_well

    def _connect(self) -> None:
        telling = self._telling
        telling.step("Connected")
        for one in self._three:
            reached = connect(self._company, one, self._place.folder / f"{one.system.value}.yaml")
            telling.text(telling.heard(reached))
            telling.line("The mapping that ships for {title}, with the fields of this company:", title=self._title(one))
            for edit in EDITS[one.system]:
                telling.text(as_diff(edit), is_dim=True)
        telling.line("The mappings are in {folder}.", folder=self._place.folder)

    def _pull(self) -> Mapping[System, Pulled]:
        telling = self._telling
        telling.step("Pulled")
        pulled = {one.system: pull(self._company, one, self._pulling(one)) for one in self._three}
        telling.pulls(pulled)
        return pulled

    def _decide(self) -> None:
        telling = self._telling
        telling.step("Decided by the policy in force: {policy}", policy=policy_title(self._company, telling.language))
        reviewed = review_all(
            self._company, telling.say("Reviewing the customers"), telling.say("As the review proposes.")
        )
        telling.line(
            "{person} reviewed {count:,} customers; for {at_once:,} of them it counts at once.",
            person=ANALYST,
            count=reviewed.customers,
            at_once=reviewed.at_once,
        )
        if reviewed.waiting:
            telling.line(
                "{count:,} grant more than an analyst may, and waited for: {roles}.",
                count=sum(reviewed.waiting.values()),
                roles=counted(reviewed.waiting),
            )
            telling.line("Approved by {people}; nobody approves what they proposed.", people=counted(reviewed.approved))
        rows = [(grade, f"{count:,}", money(limits)) for grade, count, limits in grades(self._company)]
        telling.table(("grade", "customers", "limits"), rows)
        report = live_the_day(self._company, telling.say("Running the day"))
        levels = counted({level.partition(".")[2]: count for level, count in report.case_steps.items()})
        telling.line(
            "The day was run. Escalation cases opened: {opened:,}{levels}.",
            opened=report.counts["cases_opened"],
            levels=f" ({levels})" if levels else "",
        )
        crm = next(one for one in self._three if one.system is System.ZOHO_CRM)
        why = telling.say("Past due for long, and nobody answers.")
        stopped = stop_credit(self._company, [row.customer_id for row in rows_there(self._company, crm)], why)
        if stopped:
            amount = money(text_of(stopped.amount, self._company))
            told = {"person": MANAGER, "customer": stopped.name, "title": self._title(crm), "amount": amount}
            telling.line(
                "{person} stops the credit of {customer} of {title}: {amount} past due, up to {days:,} days.",
                **told,
                days=stopped.days,
            )

    def _write(self) -> None:
        telling = self._telling
        telling.step("Written back, once a second person has looked")
        telling.line("A dry run by {one} writes nothing. It would write:", one=INTEGRATOR)
        plans = {
            one.system: writing.plan(self._company, one, telling.say("Planning {title}", title=self._title(one)))
            for one in self._three
        }
        for one in self._three:
            write_back = write_back_of(self._company, one)
            telling.plan(self._company, one.system, write_back, plans[one.system], _ROWS_SHOWN)
        telling.line("{two} looks at it, is content, and switches the write-back on.", two=CHECKER)
        for one in self._three:
            writing.switch_on(self._company, one, plans[one.system])
            title = self._title(one)
            run = writing.write(self._company, one, telling.say("Writing to {title}", title=title))
            telling.line(
                "{title}: rows written: {written:,}, refused: {refused:,}; tasks handed over: {tasks:,}.",
                title=title,
                written=run.written,
                refused=run.refused,
                tasks=run.handed_over,
            )

    def _compare(self, before: Mapping[System, Sequence[Row]]) -> bool:
        telling, is_well = self._telling, True
        telling.step("What changed in each, as each says itself")
        for one in self._three:
            then, write_back = before[one.system], write_back_of(self._company, one)
            telling.changes(self._company, one.system, write_back, then, rows_there(self._company, one), SHOWN)
            telling.tasks(one)
            is_well = telling.whether_all_is_as_decided(one, otherwise(self._company, one), len(then)) and is_well
        return is_well

    def _pull_again(self, first: Mapping[System, Pulled]) -> None:
        telling = self._telling
        telling.step("Pulled again: nothing is new")
        rows = []
        for one in self._three:
            now, then = pull(self._company, one, self._pulling(one)), first[one.system]
            numbers = (then.calls, now.calls, then.run.rows, now.run.rows, now.changes)
            rows.append((self._title(one), *(f"{number:,}" for number in numbers)))
        telling.table(
            ("system", "calls at first", "calls now", "rows at first", "rows now", "changes in the ledger"), rows
        )
        telling.line("What was just written comes back once, and changes nothing.")

    def _pulling(self, one: StandIn) -> str:
        return self._telling.say("Pulling {title}", title=self._title(one))

    def _title(self, one: StandIn) -> str:
        return self._telling.title(one.system)


def _what_next(telling: Telling, place: Place, passwords: Mapping[str, str], settings: Settings) -> None:
    telling.step("What next")
    telling.line("The company is in {file}. To look at it, under Data > Connections:", file=place.database)
    telling.command(f"(. {place.environment} && ./run serve)")
    address = f"http://{settings.host}:{settings.port}/console/"
    telling.line(
        "Sign in at {address}. Each password is for one sign-in within a day, and is written here only:",
        address=address,
    )
    rows = [(login, PEOPLE[login].replace("_", " "), password) for login, password in passwords.items()]
    telling.table(("login", "role", "one-time password"), rows, left=3)
    telling.line("Connect the real ones: {pages}", pages=_HOW_TO)
