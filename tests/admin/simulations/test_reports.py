"""The report of a run in the console: what stands behind its figures comes to them, row by row."""

import csv
import json
import re
from html import unescape
from io import StringIO
from typing import Any, Final

import pytest

from policy_service.services.house import House
from simulations.stored.results import results_folder
from tests.admin.browser import Browser
from tests.admin.simulations.conftest import ask, work

FIGURES: Final = ("approved", "held_amount", "sales", "open_balance_end", "past_due_balance_end")
_LINK: Final = re.compile(r'<a href="/?(simulations/behind/[^"]+)">\s*([^<]*?)\s*</a>')


@pytest.fixture(scope="module")
def report(made: House, done: str) -> dict[str, Any]:
    """Give the report as it is stored."""
    found: dict[str, Any] = json.loads((results_folder(made.settings) / done / "report.json").read_bytes())
    return found


def rows(browser: Browser, address: str) -> list[dict[str, str]]:
    """Return all rows that a list has, as it is downloaded."""
    text = browser.open(f"{address}{'&' if '?' in address else '?'}download=csv")
    return list(csv.DictReader(StringIO(text)))


def behind(browser: Browser, done: str, marked: str) -> list[tuple[str, str]]:
    """Return the links of the part of the report that is marked so: each address with the figure that leads there."""
    page = browser.open(f"/simulations/report/{done}")
    part = re.search(rf"<(tr|td)[^>]*{re.escape(marked)}[^>]*>.*?</\1>", page, re.DOTALL)
    assert part, marked
    return [(f"/{unescape(address)}", unescape(text)) for address, text in _LINK.findall(part[0])]


def test_it_is_the_page_that_stands_alone_within_the_console(
    analyst: Browser, done: str, report: dict[str, Any]
) -> None:
    page = analyst.open(f"/simulations/report/{done}")
    assert report["run"]["key"] in page
    for part in ("compared", "figures", "decisions", "months", "grades", "ageing", "workload", "cohorts", "customers"):
        assert f'id="{part}"' in page
    assert not re.findall(r"<script(?![^>]*(?: src=|application/json))|<style| style=| on[a-z]+=", page)
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert data
    assert {"months-open_balance", "ageing-bars"} <= {chart["id"] for chart in json.loads(data[1])["charts"]}


def test_orders_behind_each_cell_come_to_it(analyst: Browser, done: str, report: dict[str, Any]) -> None:
    for old, row in report["outcomes"].items():
        for new, cell in row.items():
            if not cell["orders"]:
                continue
            [(address, text)] = behind(analyst, done, f'data-outcomes="{old} {new}"')
            found = rows(analyst, address)
            assert (str(cell["orders"]), cell["orders"], cell["amount"]) == (
                text,
                len(found),
                sum(int(one["amount"]) for one in found),
            )


def test_rows_behind_each_cell_of_the_swap_set_come_to_it(analyst: Browser, done: str, report: dict[str, Any]) -> None:
    for name, cell in report["swap_set"].items():
        # Nothing is behind nothing.
        links = behind(analyst, done, f'data-swap="{name}"')
        assert bool(cell["orders"]) == bool(links)
        for address, _ in links:
            found = rows(analyst, address)
            assert (cell["orders"], cell["amount"]) == (len(found), sum(int(one["amount"]) for one in found))


@pytest.mark.parametrize("figure", FIGURES)
def test_rows_behind_a_figure_of_a_side_come_to_it(
    analyst: Browser, done: str, report: dict[str, Any], figure: str
) -> None:
    links = behind(analyst, done, f'data-figure="{figure}"')[:2]
    for side, (address, _) in zip(("baseline", "candidate"), links, strict=True):
        found = rows(analyst, address)
        if "/orders" in address:
            comes_to = len(found) if figure == "approved" else sum(int(one["amount"]) for one in found)
        else:
            comes_to = sum(int(one[f"{side}_{figure}"]) for one in found)
        assert report[side][figure] == comes_to


def test_customers_behind_a_cell_of_the_grades_come_to_it(analyst: Browser, done: str, report: dict[str, Any]) -> None:
    for old, row in report["grade_migration"].items():
        for new, customers in row.items():
            [(address, text)] = behind(analyst, done, f'data-grades="{old} {new}"')
            assert (str(customers), customers) == (text, len(rows(analyst, address)))


def test_steps_behind_a_role_come_to_its_work(analyst: Browser, done: str, report: dict[str, Any]) -> None:
    for owner, weeks in report["workload"]["candidate"].items():
        links = behind(analyst, done, f'data-owner="{owner}"')
        told = [steps for steps in (sum(report["workload"]["baseline"][owner]), sum(weeks)) if steps]
        assert told == [len(rows(analyst, address)) for address, _ in links]


def test_every_customer_who_changes_has_the_cell_and_what_it_lacks_to_the_bound(
    analyst: Browser, done: str, report: dict[str, Any]
) -> None:
    address = f"/simulations/behind/{done}/customers?changed=1"
    found = rows(analyst, address)
    assert [one["customer_id"] for one in report["customers"]] == [one["customer_id"] for one in found]
    words, page = analyst.words(address), analyst.open(address)
    for one in report["customers"]:
        why = one["why"]
        assert why["cell"] in unescape(words)
        assert f"/policies/house/2#{why['rule_set']}.{why['row']}" in page
        assert f"/customers/file/{one['customer_id']}" in page


def test_lists_are_sorted_and_filtered_by_the_server(analyst: Browser, done: str) -> None:
    base = f"/simulations/behind/{done}/orders"
    amounts = [int(one["amount"]) for one in rows(analyst, f"{base}?sort=amount&order=up")]
    assert sorted(amounts) == amounts
    assert len(amounts) > len(rows(analyst, f"{base}?customer=c2")) > 0
    assert {"C2"} == {one["customer_id"] for one in rows(analyst, f"{base}?customer=c2")}
    assert "No order is like that." in analyst.words(f"{base}?customer=nobody")


def test_runs_are_compared_side_by_side_with_their_differences(
    analyst: Browser, made: House, done: str, report: dict[str, Any]
) -> None:
    other = ask(analyst, **{"parameters-1": "materiality = 300.00"})
    work(made)
    words = analyst.words(f"/simulations/compared/?run={done}&run={other}")
    assert "Differences are to the baseline, which all of them have." in words
    difference = report["difference"]["sales"]
    assert f"{difference / 100:+,.2f}" in words


def test_runs_of_other_windows_or_ledgers_are_not_compared(analyst: Browser, made: House, done: str) -> None:
    shorter = ask(analyst, to="2025-04-01")
    worse = ask(analyst, stress="days_late+20")
    work(made)
    under_stress = analyst.words(f"/simulations/report/{worse}")
    told = "days_late+20: from 2025-01-01 on. Customers hit: 3; payments that come 20 days later: "
    assert 1 == under_stress.count(told)
    assert "They have other windows." in analyst.words(f"/simulations/compared/?run={done}&run={shorter}")
    assert "They were run over other ledgers" in analyst.words(f"/simulations/compared/?run={done}&run={worse}")
    assert "At least two are needed" in analyst.words(f"/simulations/compared/?run={done}")


def test_a_sweep_shows_every_value_with_its_figures_and_the_flat_stretches(analyst: Browser, made: House) -> None:
    form = {"parameter-1": "materiality", "low-1": "0", "high-1": "400", "step-1": "100", "runs": "9"}
    job_id = ask(analyst, "sweep", **form)
    work(made)
    stored = json.loads((results_folder(made.settings) / job_id / "report.json").read_bytes())
    words = analyst.words(f"/simulations/report/{job_id}")
    assert 5 == len(stored["points"])
    assert len(stored["flat"]) == words.count("every figure is the same") > 0
    assert "today's value lies in it" in words


def test_a_search_says_what_meets_the_goal_and_judges_it_by_the_later_period(analyst: Browser, made: House) -> None:
    form = {"parameter-1": "materiality", "low-1": "0", "high-1": "400", "step-1": "100"}
    job_id = ask(analyst, "seek", **form, goals="held_amount <= -90%", keep="sales >= +0%", judge_from="2025-03-01")
    work(made)
    stored = json.loads((results_folder(made.settings) / job_id / "report.json").read_bytes())
    words = analyst.words(f"/simulations/report/{job_id}")
    assert "not_met" == stored["verdict"]
    assert "Nothing found meets every condition." in words
    assert f"Later period, which judges : {stored['periods']['judge']['window']['from']}" in words.replace(
        "judges:", "judges :"
    )
    missed = [one for period in stored["periods"].values() for one in period["conditions"] if not one["is_met"]]
    assert len(missed) == len(re.findall(r"\bmissed\b", words))
