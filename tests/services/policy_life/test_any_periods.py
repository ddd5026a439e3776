"""Whatever is scheduled, taken off and retired, at once or in any order, one version counts at each instant."""

from threading import Barrier, Thread

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import Instant
from policy_service.services.house import House
from policy_service.services.policy_life import scheduling
from policy_service.storage.policy_period_store import PolicyPeriodStore
from tests.services.policy_life.living import ID, MAX, NOW, do, now_of, ready, scheduled
from tests.services.policy_life.periods import retired, settle, unscheduled, whole
from tests.storage.books import run


def test_of_many_versions_activated_at_once_one_counts_at_each_instant(house: House) -> None:
    versions, start, fates = [ready(house, 2000 + number) for number in range(4)], Barrier(4), []

    def attempt(number: int) -> None:
        start.wait()
        try:
            fates.append(scheduled(house, versions[number], NOW + 1_000 + number // 2).state)
        except PolicyServiceError as refused:
            fates.append(refused.code)

    run([Thread(target=attempt, args=(number,)) for number in range(4)])
    assert ["R467"] * 2 + ["scheduled"] * 2 == sorted(fates)
    whole(house)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["schedule", "unschedule", "retire", "keep", "settle"]), st.integers(1, 4), st.integers(0, 8)
    ),
    max_size=12,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS)
def test_whatever_is_scheduled_and_taken_off_periods_lie_one_behind_the_other(
    house: House, steps: list[tuple[str, int, int]]
) -> None:
    at, last = in_new_times(house)
    codes = set()
    for step, which, later in steps:
        at += 1
        number = last - 3 + which - 1
        try:
            match step:
                case "schedule":
                    scheduled(house, now_of(house, number), at + later, at=at)
                case "unschedule":
                    unscheduled(house, now_of(house, number), at=at)
                case "retire":
                    retired(house, number, at + later, at=at)
                case "keep":
                    do(house, MAX, scheduling.keep, ID, number, "", at=at)
                case _:
                    settle(house, at)
        except PolicyServiceError as refused:
            codes.add(refused.code)
        whole(house)
    assert codes <= {"R463", "R466", "R467"}


def in_new_times(house: House) -> tuple[Instant, int]:
    """Return an instant behind everything so far, and the last of three approved versions."""
    with house.database.reading() as session:
        versions = PolicyPeriodStore(session).versions(ID)
    known = [instant for one in versions for instant in (one.effective_from, one.effective_until) if instant]
    at = max(known) + 100
    made = [ready(house, 10_000 + len(versions) + number, at=at) for number in range(3)]
    return at, made[-1].number
