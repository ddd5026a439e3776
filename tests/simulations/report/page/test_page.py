"""The page says what the report says, in two languages, and nothing in it can break out of its place."""

import ast
import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from policy_service.domain.values import Kind
from policy_service.facts import collection_metrics, quotients
from simulations.accounting import kpis
from simulations.comparison import caveats
from simulations.comparison.cause import Cause
from simulations.comparison.comparison import Comparison, Side
from simulations.comparison.run_key import PolicyRun
from simulations.report.caveats_told import CAVEATS, caveat_told
from simulations.report.contents import Circumstances, report_of
from simulations.report.page import chinese, english
from simulations.report.page.figures import GROUPS, Judgement, judged
from simulations.report.page.wording import Wording
from simulations.report.page.writing import ECHARTS, page_of, write_page
from simulations.runs.stressed_simulation import STRESSED
from tests.simulations.report.page.pages import (
    CONFIRMED,
    HOSTILE,
    changed,
    compared_runs,
    compared_with_itself,
    compared_with_practice,
    of_nobody,
)
from tests.simulations.report.page.reading import Read, data_of, scripts

LANGUAGES = ("en", "zh")
RUNS: tuple[Callable[[], Comparison], ...] = (compared_runs, compared_with_practice, compared_with_itself, of_nobody)


@pytest.mark.parametrize("made", RUNS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_written_of_every_kind_of_run(made: Callable[[], Comparison], language: str, tmp_path: Path) -> None:
    comparison = made()
    write_page(tmp_path / "page.html", comparison, CONFIRMED, language)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page == page_of(comparison, CONFIRMED, language)
    assert {"en": "en", "zh": "zh-Hans"}[language] == Read(page).elements[0][1]["lang"]


def test_the_same_run_is_the_same_page() -> None:
    one, other = (page_of(compared_runs(), replace(CONFIRMED, seconds=seconds)) for seconds in (1.5, 2.5))
    assert one == other


def test_no_name_breaks_out_of_the_page() -> None:
    comparison = compared_runs()
    page = page_of(comparison)
    read = Read(page)
    assert HOSTILE in json.dumps(report_of(comparison)["customers"])
    assert any(chart["names"] for chart in data_of(page)["charts"])
    assert [] == [tag for tag, _ in read.elements if tag == "img"]
    assert [] == [name for _, attributes in read.elements for name in attributes if name.startswith("on")]
    assert 3 == sum(tag == "script" for tag, _ in read.elements)
    assert HOSTILE not in page


def test_only_the_two_scripts_and_the_style_may_run() -> None:
    page = page_of(compared_runs())
    (policy,) = [
        attributes["content"] or ""
        for attributes in Read(page).having("http-equiv")
        if attributes["http-equiv"] == "Content-Security-Policy"
    ]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    allowed = {name: rest.split() for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}
    assert ["'none'"] == allowed["default-src"]
    assert [hashed(text) for text in scripts(page)] == allowed["script-src"]
    assert [hashed(style)] == allowed["style-src"]
    assert [] == Read(page).having("style")


def hashed(text: str) -> str:
    """A text as a policy names it."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_nothing_on_the_page_comes_from_elsewhere() -> None:
    addresses = [
        address
        for _, attributes in Read(page_of(compared_runs())).elements
        for name in ("src", "href", "action", "data", "srcset")
        if (address := attributes.get(name)) is not None
    ]
    assert [] == [address for address in addresses if not address.startswith(("#", "data:"))]


def test_every_link_leads_to_a_place_on_the_page() -> None:
    read = Read(page_of(compared_runs()))
    places = {attributes["id"] for attributes in read.having("id")}
    wanted = {(attributes["href"] or "")[1:] for attributes in read.having("href")} - {"ata:,"}
    assert set() == wanted - places


def test_what_draws_the_pictures_is_what_its_origin_says() -> None:
    origin = dict(line.split(" ", 1) for line in (ECHARTS.parent / "ORIGIN").read_text("utf-8").splitlines())
    assert hashlib.sha256(ECHARTS.read_bytes()).hexdigest() == origin["sha256"]
    assert f'version="{origin["version"]}"' in ECHARTS.read_text("utf-8")
    assert f"Apache ECharts {origin['version']}" in page_of(of_nobody())
    assert {"LICENSE", "NOTICE", "LICENSE-d3"} <= {file.name for file in ECHARTS.parent.iterdir()}


@pytest.mark.parametrize("made", RUNS)
def test_the_figures_are_those_of_the_report(made: Callable[[], Comparison]) -> None:
    comparison = made()
    report = report_of(comparison)
    page = page_of(comparison)
    for name in (shown.name for members in GROUPS.values() for shown in members):
        (row,) = re.findall(rf'<tr role="row" data-figure="{name}">(.*?)</tr>', page, re.DOTALL)
        band = report["intervals"][name] or (None, None)
        told = [report[side][name] for side in ("baseline", "candidate", "difference")]
        assert [*map(str, told), f"{band[0]} {band[1]}"] == re.findall(r'data-value="([^"]*)"', row)


def test_the_squares_the_months_and_the_ages_are_those_of_the_report() -> None:
    comparison = compared_runs()
    report = report_of(comparison)
    read = Read(page_of(comparison))
    for attributes in read.having("data-outcomes"):
        old, new = (attributes["data-outcomes"] or "").split()
        told = {"orders": int(attributes["data-orders"] or ""), "amount": int(attributes["data-amount"] or "")}
        assert report["outcomes"][old][new] == told
    assert 25 == len(read.having("data-outcomes"))
    moved = {(old, new): n for old, row in report["grade_migration"].items() for new, n in row.items()}
    shown = {
        tuple((one["data-grades"] or "").split()): int(one["data-value"] or "") for one in read.having("data-grades")
    }
    assert moved == {pair: number for pair, number in shown.items() if number}
    charts = {chart["id"]: chart for chart in data_of(page_of(comparison))["charts"]}
    for name in ("open_balance", "past_due_balance", "held_amount"):
        assert [month["candidate"][name] for month in report["timeline"]] == charts[f"months-{name}"]["candidate"]
    assert list(report["baseline"]["ageing"].values()) == charts["ageing-bars"]["baseline"]


def test_the_customers_are_those_of_the_report_with_their_cause() -> None:
    comparison = compared_runs()
    first = comparison.customers.changed()[0]
    cause = Cause("O30", "oldest_days_past_due: > hold_after_days", Kind.DAYS, 1234, 46, 1188)
    circumstances = Circumstances(causes={first: cause})
    report = report_of(comparison, circumstances)
    page = page_of(comparison, circumstances)
    rows = Read(page).having("data-customer")
    assert [(one["customer_id"], str(one["moved_amount"])) for one in report["customers"]] == [
        (row["data-customer"], row["data-moved"]) for row in rows
    ]
    sales = [one["candidate"]["sales"] - one["baseline"]["sales"] for one in report["customers"]]
    assert [str(difference) for difference in sales] == [row["data-sales"] for row in rows]
    assert "oldest_days_past_due: &gt; hold_after_days</code> · Value 1,234 days · Next bound 46 days" in page
    assert ">1,188 days</td>" in page


def test_weeks_above_a_stated_capacity_are_counted() -> None:
    comparison = compared_runs()
    weeks = report_of(comparison)["workload"]["candidate"]["credit_manager"]
    costs = replace(comparison.question.costs, capacities=(("credit_manager", 2),))
    page = page_of(replace(comparison, question=replace(comparison.question, costs=costs)))
    (row,) = re.findall(r'<tr data-owner="credit_manager">(.*?)</tr>', page)
    above = sum(steps > 2 for steps in weeks)
    assert 0 < above < len(weeks)
    assert ["2", str(above)] == [re.findall(r'data-value="([^"]*)"', row)[place] for place in (4, 6)]
    assert 2 in {chart["limit"] for chart in data_of(page)["charts"]}
    assert Wording("en")("no_capacity") not in page


@pytest.mark.parametrize(
    ("name", "difference", "judgement"),
    [
        ("sales", -1, Judgement.WORSE),
        ("past_due_balance_end", -1, Judgement.BETTER),
        ("past_due_balance_end", 1, Judgement.WORSE),
        ("on_time_share", 0.1, Judgement.BETTER),
        ("order_amount", 1, Judgement.NEITHER),
        ("sales", 0, Judgement.NONE),
        ("sales", None, Judgement.NONE),
    ],
)
def test_better_and_worse_go_by_the_figure_and_not_by_the_sign(
    name: str, difference: float | None, judgement: Judgement
) -> None:
    (shown,) = [one for members in GROUPS.values() for one in members if one.name == name]
    assert judgement == judged(shown, difference)


def test_every_figure_of_one_number_is_on_the_page() -> None:
    report = report_of(compared_runs())
    single = {name for name, figure in report["candidate"].items() if not isinstance(figure, dict)}
    assert single == {shown.name for members in GROUPS.values() for shown in members}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_that_the_live_engines_do_not_confirm_says_so_first(language: str) -> None:
    page = page_of(compared_runs(), Circumstances(re_decided=100, agreed=99), language)
    assert '<li class="bad">' in page
    assert Wording(language)("failed", wrong="1", orders="100") in page
    assert page.index('class="bad"') < page.index('id="in-short"')


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_empty_says_what_that_means(language: str) -> None:
    def words(name: str) -> str:
        return escape(Wording(language)(name))

    same, nobody = page_of(compared_with_itself(), CONFIRMED, language), page_of(of_nobody(), CONFIRMED, language)
    practice = page_of(compared_with_practice(), CONFIRMED, language)
    assert 2 == same.count(words("nobody"))
    assert words("no_changes") in same
    assert words("no_grade_moves") in same
    for name in ("no_orders", "no_grades", "nothing_open", "no_steps", "no_cohorts"):
        assert words(name) in nobody
    assert words("no_ladder") in practice
    assert words("against_practice") in practice


def test_both_languages_have_every_word_with_the_same_places() -> None:
    places = re.compile(r"{(\w+)}")
    for ours, theirs in ((english.ENGLISH, chinese.CHINESE), (english.VALUES, chinese.VALUES)):
        assert {name: set(places.findall(text)) for name, text in ours.items()} == {
            name: set(places.findall(text)) for name, text in theirs.items()
        }
        assert "" not in {*ours.values(), *theirs.values()}
    assert list(english.FIGURES) == list(chinese.FIGURES)
    for words in (english.FIGURES, chinese.FIGURES):
        assert {("by",)} == {tuple(places.findall(text)) for _, *texts in words.values() for text in texts}


def test_no_english_word_of_ours_is_left_on_the_chinese_page() -> None:
    page = page_of(compared_runs(), CONFIRMED, "zh")
    texts = " ".join(
        part
        for name in ("h1", "h2", "h3", "dt", "caption", "summary", "button", "option", "p", "a", "th")
        for part in Read(page).texts.get(name, [])
    )
    phrases = [text for text in english.ENGLISH.values() if " " in text and "{" not in text]
    assert [] == [phrase for phrase in phrases if phrase in texts]
    assert [] == [name for name, *_ in english.FIGURES.values() if " " in name and name in texts]


def texts_of(module: Any) -> Iterator[str]:
    """The sentences in a module that are no docstring."""
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docstrings:
            yield node.value


def test_every_reason_for_no_figure_and_every_reservation_is_said_in_chinese() -> None:
    reasons = {
        text for module in (kpis, collection_metrics, quotients) for text in texts_of(module) if text.endswith(".")
    }
    assert reasons == set(chinese.REASONS)
    codes = {text for text in texts_of(caveats) if re.fullmatch(r"[A-Z_]{5,}", text)}
    assert {*codes, STRESSED.code} == set(CAVEATS)
    assert "基准：记录中没有催收阶梯。" == Wording("zh").why_none(
        "Of the baseline: There is no ladder in what was recorded."
    )


def test_parameters_that_a_run_sets_otherwise_are_said() -> None:
    comparison = compared_runs()
    turned = Side(PolicyRun("distributor_cn", "b" * 64, {"tolerance": 250_000}), changed())
    asked = replace(comparison.question, candidate=turned)
    assert "tolerance = 0.25" in page_of(replace(comparison, question=asked))


def test_a_candidate_that_is_no_policy_has_no_page() -> None:
    comparison = compared_with_practice()
    asked = replace(comparison.question, candidate=comparison.question.baseline)
    with pytest.raises(ValueError, match="a candidate that is a policy"):
        page_of(replace(comparison, question=asked))


def test_counts_of_a_reservation_have_their_thousands_apart_in_both_languages() -> None:
    ledger = caveats.LedgerCaveats(1058, 1, 3936, frozenset(), frozenset())
    late, left_out = caveats.caveats(ledger, [], compared_runs().question.options, (), has_bands=True)[-2:]
    in_report = [caveats.caveat_in_report(caveat.code, caveat.text) for caveat in (late, left_out)]
    assert [late, left_out] == in_report
    assert "1,058 entries" in caveat_told(late, "en")
    assert "1,058 条分录" in caveat_told(late, "zh")
    assert "3,936 faulty rows" in caveat_told(left_out, "en")
    assert "3,936 行" in caveat_told(left_out, "zh")
