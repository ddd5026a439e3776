"""Whatever stood, failed, was changed over there or died: in the end the fields say what stands, and all is still."""

import contextlib
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from policy_service.connectors.errors import ConnectorError
from policy_service.services.house import House
from tests.services.connections.pushing import Pushing
from tests.services.connections.small_system import SmallSystem
from tests.services.decisions.live import enforce, open_house
from tests.services.house import house_policy
from tests.storage.books import empty
from tests.storage.test_ledger_store import EXAMPLES

_ROWS = ("A1", "A2", "A3")
_STANDS = {
    "250000": {"Grade": "Gold", "Limit": "5000.00", "Term": 30, "Stopped": "正常", "Review": None},
    "9000": {"Grade": "Silver", "Limit": "800.00", "Term": 15, "Stopped": "正常", "Review": None},
}
_ROW = st.sampled_from(_ROWS)
_SAME = {"5000": "5000.00", "5000.0": "5000.00", "800": "800.00", "": None}


@dataclass(frozen=True)
class Step:
    """Something that happens."""

    what: str
    row: str = ""
    values: dict[str, object] = field(default_factory=dict)
    steps: int = 0


STEPS = st.lists(
    st.one_of(
        st.builds(Step, st.just("worth"), _ROW, st.builds(dict, worth=st.sampled_from(sorted(_STANDS)))),
        st.builds(Step, st.just("review"), _ROW),
        st.builds(
            Step,
            st.just("edit"),
            _ROW,
            st.dictionaries(
                st.sampled_from(("Grade", "Limit", "Term", "Stopped")), st.sampled_from((None, "", "1", "5000", "Gold"))
            ),
        ),
        st.builds(Step, st.just("refuse"), _ROW),
        st.builds(Step, st.just("accept"), _ROW),
        st.builds(Step, st.sampled_from(("pull", "push", "fail", "wait"))),
        st.builds(Step, st.just("die"), steps=st.integers(0, 25)),
    ),
    max_size=25,
)


def take(pushing: Pushing, step: Step, stands: dict[str, str]) -> None:
    system = pushing.system
    body = dict(system.rows["Accounts"][step.row][1] or {}) if step.row else {}
    match step.what:
        case "worth" | "edit":
            system.put("Accounts", step.row, **body | step.values)
        case "review":
            pushing.pull()
            pushing.review(step.row)
            stands[step.row] = str(body["worth"])
        case "refuse":
            system.refusing[step.row] = ("LOCKED", "locked")
        case "accept":
            system.refusing.pop(step.row, None)
        case "pull":
            pushing.pull()
        case "push":
            pushing.push()
        case "wait":
            pushing.later(48)
        case "die":
            pushing.die_in(step.steps, pushing.push)
        case "fail":
            system.write_error = ConnectorError("X103", "Out of order.", remedy="Wait.", is_passing=True)
            with contextlib.suppress(ConnectorError):
                pushing.push()
            system.write_error = None


@EXAMPLES
@given(STEPS)
def test_in_the_end_the_fields_say_what_stands(bare: House, steps: list[Step]) -> None:
    empty(bare.database)
    house = open_house(bare.database)
    enforce(house, house_policy())
    system = SmallSystem()
    for row in _ROWS:
        system.put("Accounts", row, name=row, worth="9000", Grade="", Limit=None, Term=None, Stopped=None, Review=None)
    pushing, stands = Pushing(house, system), dict[str, str]()
    pushing.pull()
    pushing.switch_on()
    for step in steps:
        take(pushing, step, stands)
    system.refusing.clear()
    pushing.later(48)
    before = {row: pushing.there(row) for row in _ROWS}
    pushing.pull()
    pushing.push()
    for row in _ROWS:
        expected = _STANDS[stands[row]] if row in stands else before[row]
        assert plain(expected) == plain(pushing.there(row))
    assert 0 == pushing.push().planned
    pushing.pull()
    run = pushing.push()
    assert (0, 0) == (run.planned, run.waiting)


def plain(values: dict[str, object]) -> dict[str, object]:
    """Return values with one spelling each."""
    said = {name: str(value) if value is not None else "" for name, value in values.items()}
    return {name: _SAME.get(value, value) for name, value in said.items()}
