"""What the forms of the editor begin with is what the files say; what they try and declare changes nothing else."""

from pathlib import Path

import pytest

from policy_service.domain.errors import PolicyServiceError
from policy_service.services.policy_editing.declared_facts import FactText, own_facts, with_fact
from policy_service.services.policy_editing.declared_parameters import ParameterText, with_parameter
from policy_service.services.policy_editing.dials import dials_of
from policy_service.services.policy_editing.editing import edited
from policy_service.services.policy_editing.edits import Move, Remove, SetValue
from policy_service.services.policy_editing.formula_texts import formulas_of, tried
from policy_service.services.policy_editing.ladders import days_of_levels, ladder_of
from policy_service.services.policy_life.files import files_in, read_files

RULES = Path(__file__).parents[3] / "rules"
FILES = files_in(RULES / "distributor_cn")
#: As little as a formula needs.
SMALL = {
    "policy.yaml": "policy: small\ntitle: {en: Small, zh: 小}\nbase_currency: CNY\n"
    "parameters: {tolerance: {value: 0.1, type: number}}\nrule_sets: [figures]\n",
    "figures.yaml": 'formula: figures\nvalues:\n  lead: "5"\n  sales: sales_12m / 12\n  twice: sales * 2\n',
}
LEAD = ("values", "lead")
LATE = FactText(
    name="late_over_30d",
    kind="integer",
    source="ledger",
    entries="payments",
    measure="count",
    where="days_late > 30",
    within="365 days",
    unit="payments",
    en="Late: over 30 days",
    zh="逾期三十天以上，笔数",
)


def problems(typed: str, path: tuple[str, ...] = LEAD, file: str = "figures.yaml") -> list[tuple[str, int | None]]:
    """Return the code of what is wrong with a formula as it is typed, and at which character."""
    return [(one.code, one.at) for one in tried("small", SMALL, RULES, file, path, typed)]


def test_a_dial_shows_what_is_written() -> None:
    dials = {dial.name: dial for dial in dials_of(FILES)}
    dial = dials["materiality"]
    assert ("1000.00", "0", "20000", "100") == (dial.value, dial.minimum, dial.maximum, dial.step)
    assert "重要性门槛" == dial.title("zh")
    assert 19 == len(dials)
    assert all(each.can_be_turned for each in dials.values())


@pytest.mark.parametrize(
    ("written", "can_be_turned"),
    [
        ("{value: 1, type: number, min: 0, max: 2}", True),
        ("{value: 1, type: number, min: 0}", False),
        ("{value: much, type: number, min: 0, max: 2}", False),
        ("{value: true, type: boolean}", False),
        ("{value: unlimited, type: money, min: 0, max: 2}", False),
    ],
)
def test_a_dial_without_a_number_between_two_ends_is_no_slider(written: str, can_be_turned: bool) -> None:
    (dial,) = dials_of({"policy.yaml": f"parameters: {{p: {written}}}"})
    assert can_be_turned is dial.can_be_turned
    assert "p" == dial.title("en")


def test_every_level_and_trigger_is_read_as_it_is_written() -> None:
    ladder = ladder_of("collection.yaml", FILES["collection.yaml"])
    assert ["L0", "L1", "L2", "L3", "L4"] == [level.id for level in ladder.levels]
    last = ladder.levels[-1]
    assert ("stop_after_days", "demand", "letter", "15") == (
        last.days_past_due,
        last.action,
        last.channel,
        last.deadline_days,
    )
    assert ((("stop_credit", "true"),), (("overdue_balance", "<= materiality"),)) == (last.effects, last.release)
    first = ladder.triggers[0]
    assert ("NO_WILL_TO_PAY", "finance_head") == (first.reasons, first.approval)
    assert ("oldest_days_past_due", ">= legal_after_days") == first.when[0]
    assert ("L5", "T4") == (ladder.next_id("L"), ladder.next_id("T"))


def test_a_level_stands_on_the_day_that_parameters_alone_decide() -> None:
    policy = read_files("distributor_cn", FILES, RULES).policy
    assert {"L1": 3, "L2": 10, "L3": 20, "L4": 45} == days_of_levels(policy, "collection")
    assert {} == days_of_levels(policy, "grading")
    assert {} == days_of_levels(None, "collection")


def test_levels_are_written_moved_and_taken_out_as_the_form_asks() -> None:
    text = FILES["collection.yaml"]
    path = ("levels", 1)
    changed = edited(text, "collection.yaml", [SetValue((*path, "days_past_due"), "5"), Move(("levels",), 1, 0)])
    assert [("L1", "5"), ("L0", "-reminder_lead")] == [
        (level.id, level.days_past_due) for level in ladder_of("collection.yaml", changed).levels[:2]
    ]
    back = edited(changed, "collection.yaml", [Move(("levels",), 0, 1), SetValue((*path, "days_past_due"), "3")])
    assert text == back
    without = edited(text, "collection.yaml", [Remove(("levels", 4, "effects")), Remove(("levels", 4, "release"))])
    last = ladder_of("collection.yaml", without).levels[4]
    assert ((), ()) == (last.effects, last.release)


def test_formulas_are_read_as_they_are_written() -> None:
    formulas = {one.name: one for one in formulas_of("profile.yaml", FILES["profile.yaml"])}
    assert 'segment != null and segment = "export"' == formulas["is_export"].text
    assert ("values", "reminder_lead") == formulas["reminder_lead"].path
    (typed,) = formulas_of("f.yaml", "formula: f\nvalues: {a: {value: 1 + 1, type: money}}\n")
    assert (("values", "a", "value"), "1 + 1", "money") == (typed.path, typed.text, typed.kind)
    (shipped,) = formulas_of("formulas.yaml", 'half: {parameters: {a: money}, value: "a / 2"}\n')
    assert (("half", "value"), "a / 2", (("a", "money"),)) == (shipped.path, shipped.text, shipped.parameters)


@pytest.mark.parametrize(
    ("typed", "code", "at"),
    [
        ("5 + avg_days_late_13m", "L201", 4),
        ("1 + 2 )", "L106", 6),
        ("if x then", "L109", 9),
        ("sales_12m + true", "L204", 10),
        ('segment = "export', "L103", 10),
        ('"中文" + nothing_known', "L201", 7),
    ],
)
def test_a_formula_that_cannot_be_read_is_pointed_at(typed: str, code: str, at: int) -> None:
    assert [(code, at)] == problems(typed)


def test_a_formula_that_can_be_read_has_no_problem() -> None:
    assert [] == problems("5 + min(avg_days_late_12m, 3)")


def test_what_a_formula_breaks_elsewhere_is_told_with_its_place() -> None:
    (found,) = tried("small", SMALL, RULES, "figures.yaml", ("values", "sales"), "true")
    assert ("L204", None) == (found.code, found.at)
    assert "figures.yaml line 5" in found.message


@pytest.mark.parametrize(
    ("file", "path", "code"), [("no.yaml", LEAD, "S209"), ("figures.yaml", ("values", "x"), "R581")]
)
def test_a_formula_that_is_not_there_cannot_be_tried(file: str, path: tuple[str, ...], code: str) -> None:
    with pytest.raises(PolicyServiceError) as refused:
        problems("1", path, file)
    assert code == refused.value.code


def test_a_declared_fact_stands_behind_the_others_as_it_was_typed() -> None:
    before = "# Our own\nregion: {source: customer, type: category, values: [north, south]}   # since March\n"
    files = with_fact("small", {**SMALL, "facts.yaml": before}, RULES, LATE)
    assert files["facts.yaml"].startswith(before)
    region, late = own_facts(files)
    assert ("region", "late_over_30d") == (region.name, late.name)
    assert ("Late: over 30 days", "逾期三十天以上，笔数", "payments") == (late.title.en, late.title.zh, late.unit)
    assert read_files("small", files, RULES).policy is not None


def test_the_first_fact_of_a_policy_makes_its_file() -> None:
    fact = FactText("region", "category", "customer", values="north, south", en="Region", zh="地区")
    (made,) = own_facts(with_fact("small", SMALL, RULES, fact))
    assert ("north", "south") == made.values


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("exposure", "R592"),
        ("avg_days_late_12m", "R592"),
        ("group.exposure", "L046"),
        ("tolerance", "R592"),
        ("twice", "R592"),
        ("Über Namen", "L046"),
    ],
)
def test_a_name_that_stands_for_something_already_is_refused(name: str, code: str) -> None:
    with pytest.raises(PolicyServiceError) as refused:
        with_fact("small", SMALL, RULES, FactText(name, "money", en="X", zh="X"))
    assert code == refused.value.code


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (FactText("a", "much", en="A", zh="甲"), "L052"),
        (FactText("a", "money", "ledger", "payments", "sum", en="A", zh="甲"), "L310"),
        (FactText("a", "money", values="x", en="A", zh="甲"), "L300"),
    ],
)
def test_what_is_no_fact_is_not_declared(fact: FactText, code: str) -> None:
    with pytest.raises(PolicyServiceError) as refused:
        with_fact("small", SMALL, RULES, fact)
    assert code == refused.value.code


def test_the_first_parameter_of_a_policy_makes_their_list() -> None:
    head = SMALL["policy.yaml"].replace("parameters: {tolerance: {value: 0.1, type: number}}\n", "")
    files = with_parameter("small", {**SMALL, "policy.yaml": head}, RULES, ParameterText("delay", "days", "7"))
    (dial,) = dials_of(files)
    assert ("delay", "days", "7", False) == (dial.name, dial.kind, dial.value, dial.can_be_turned)


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        (ParameterText("exposure", "money", "1"), "R592"),
        (ParameterText("No name", "money", "1"), "L046"),
        (ParameterText("delay", "days", "7", minimum="8"), "L426"),
        (ParameterText("delay", "days", ""), "L045"),
        (ParameterText("delay", "much", "7"), "L052"),
    ],
)
def test_what_is_no_parameter_is_not_declared(parameter: ParameterText, code: str) -> None:
    with pytest.raises(PolicyServiceError) as refused:
        with_parameter("small", SMALL, RULES, parameter)
    assert code == refused.value.code


def test_what_was_wrong_before_keeps_no_parameter_out() -> None:
    broken = {**SMALL, "figures.yaml": SMALL["figures.yaml"].replace("sales * 2", "sales *")}
    assert "delay" in [
        dial.name for dial in dials_of(with_parameter("small", broken, RULES, ParameterText("delay", value="7")))
    ]
