"""Whoever is judged together with a customer is read again with it, in time that grows with how many there are."""

from policy_service.services.connections.concerned import with_joined


def test_chains_of_groups_are_followed_and_others_left_alone() -> None:
    groups = [{"A", "B"}, {"D"}, {"C", "B"}, {"E", "F"}, {"C", "G"}]
    assert {"A", "B", "C", "G"} == with_joined({"A"}, groups)
    assert {"D", "X"} == with_joined({"D", "X"}, groups)
    assert set() == with_joined((), groups)


def test_one_group_of_all_customers_is_gone_through_once() -> None:
    """Each of them with each of the others would be ten thousand million names."""
    everybody = [f"C{number}" for number in range(100_000)]
    assert set(everybody) == with_joined(everybody[:1], [everybody])
