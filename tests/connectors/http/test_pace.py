"""How many calls a pace lets through, over one channel and several."""

from collections.abc import Sequence

from policy_service.connectors.http.pace import Pace, Paces
from tests.connectors.http.answering import OK, READ, Network, channel, refused, status
from tests.connectors.standing_in import World


def seconds_of(world: World, pace: Pace, calls: int) -> Sequence[float]:
    found = []
    for _ in range(calls):
        assert pace.wait(world.means)
        found.append(world.seconds)
    return found


def test_a_pace_lets_no_more_through_in_any_span() -> None:
    assert seconds_of(World(), Pace(2, 60), 5) == [0, 0, 60, 60, 120]


def test_a_pace_holds_over_channels_and_counts_what_is_asked_again() -> None:
    world, paces = World(luck=0.0), Paces()
    for _ in range(2):
        one = channel(world, Network(status(503), OK), pace=paces.of("org", 2, 60))
        one.ask(READ)
    assert world.seconds == 60
    assert paces.of("another", 2, 60).seconds_to_wait(world.seconds) == 0


def test_a_pace_that_is_waited_for_stops_with_the_work() -> None:
    world = World(stops_after=0)
    one = channel(world, Network(OK), pace=Pace(1, 60))
    one.ask(READ)
    assert refused(lambda: one.ask(READ)).code == "X109"


def test_paces_that_are_not_used_are_forgotten() -> None:
    paces = Paces()
    first = paces.of("0", 1, 60)
    assert paces.of("0", 1, 60) is first
    for number in range(1, 1001):
        paces.of(str(number), 1, 60)
    assert paces.of("0", 1, 60) is not first
