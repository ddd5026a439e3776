"""A person of all roles approves nothing of their own: whatever the hand they have in a text, whatever the route."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.policy_store import PolicyStore
from tests.api.asking import problem_of
from tests.api.house import Client, Clock, store_key
from tests.api.policy_calls import GENEROUS, HOUSE, at, body_of, files, if_match
from tests.cli.running import policy, refusal

Version = dict[str, Any]


@pytest.fixture
def omni(client: Client) -> Client:
    """Give a client of somebody of all roles."""
    return client.as_("omni", *Role)


@pytest.fixture
def ana(client: Client) -> Client:
    return client.as_("ana", Role.ANALYST)


def make(client: Client, **said: object) -> Version:
    return body_of(client.post(f"{HOUSE}/versions", json=said or {"files": files()}), 201)


def save(client: Client, version: Version, limit: int) -> Version:
    said = {"files": files(limit)}
    return body_of(client.put(f"{at(version)}/files", json=said, headers=if_match(version)))


def hand_in(client: Client, version: Version) -> Version:
    said = {"note": "ready"}
    return body_of(client.post(f"{at(version)}/submission", json=said, headers=if_match(version)))


def give_back(client: Client, version: Version) -> Version:
    return body_of(client.post(f"{at(version)}/changes-wanted", json={"note": "why?"}))


def drafted(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    return hand_in(mia, make(omni))


def submitted(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    return hand_in(omni, make(ana))


def edited(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    return hand_in(mia, save(omni, make(ana), 7000))


def edited_and_undone(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    return hand_in(mia, save(ana, save(omni, make(ana), 7000), 6000))


def edited_after_submission(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    return hand_in(mia, save(omni, hand_in(mia, make(ana)), 7000))


def submitted_and_again_by_another(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    return hand_in(mia, give_back(rose, hand_in(omni, make(ana))))


def submitted_edited_and_submitted_by_others(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    return hand_in(mia, save(ana, hand_in(omni, make(ana)), 8000))


def copied_by_another(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    return hand_in(mia, make(ana, version=make(omni)["number"]))


def copied_twice(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    copy = make(ana, version=make(omni)["number"])
    return hand_in(mia, make(ana, version=copy["number"]))


def copied_and_edited_by_another(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    return hand_in(mia, save(ana, make(ana, version=make(omni)["number"]), 8000))


def typed_again_by_another(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    make(omni)
    return hand_in(mia, make(ana))


def typed_again_from_a_copy(omni: Client, ana: Client, mia: Client, rose: Client) -> Version:
    """Copy another's draft, as it is: the copy is the copier's too."""
    first = make(ana)
    make(omni, version=first["number"])
    return hand_in(mia, first)


HANDS: Mapping[str, Callable[[Client, Client, Client, Client], Version]] = {
    each.__name__: each
    for each in (
        drafted,
        submitted,
        edited,
        edited_and_undone,
        edited_after_submission,
        submitted_and_again_by_another,
        submitted_edited_and_submitted_by_others,
        copied_by_another,
        copied_twice,
        copied_and_edited_by_another,
        typed_again_by_another,
        typed_again_from_a_copy,
    )
}


def keys_of(omni: Client, house: House) -> Mapping[str, Client]:
    """Return clients of the same person: by a second key, by one that took over, and with each scope alone."""
    second = omni.with_key(store_key(house, "omni"))
    made = body_of(omni.post("/v1/keys", json={"name": "Approvals", "scopes": ["policies:approve", "keys:own"]}), 201)
    narrow = omni.with_key(made["key"])
    turned = body_of(narrow.post(f"/v1/keys/{made['key_id']}/rotation", json={"overlap_seconds": 0}), 201)
    return {"first": omni, "second": second, "rotated": omni.with_key(turned["key"])}


def refuse_every_approval(version: Version, clients: Mapping[str, Client]) -> None:
    said = {"sha256": version["sha256"], "note": "in a hurry"}
    for name, each in clients.items():
        for word in ("approvals", "bypass") if name != "rotated" else ("approvals",):
            for headers in ({}, {"Idempotency-Key": f"{name}-{word}"}):
                problem_of(each.post(f"{at(version)}/{word}", json=said, headers=headers), 403, "R465")
    first = clients["first"]
    for word, more in (("activation", {}), ("schedule", {"effective_on": "2031-01-01"}), ("rollback", {"note": "so"})):
        problem_of(first.post(f"{at(version)}/{word}", json=more), 409, "R463")


def in_force(house: House, clock: Clock) -> int:
    with house.database.reading() as session:
        found = PolicyStore(session).effective("house", clock())
    assert found is not None
    return found.number


# Whose hand it is, is found alike on both databases: the other tests ask it on both.
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("hand", HANDS)
def test_whoever_has_a_hand_in_a_text_approves_it_by_no_route(
    client: Client, omni: Client, ana: Client, house: House, clock: Clock, hand: str
) -> None:
    mia, rose = client.as_("mia", Role.CREDIT_MANAGER), client.as_("rose", Role.APPROVER)
    version = HANDS[hand](omni, ana, mia, rose)
    refuse_every_approval(version, keys_of(omni, house))
    assert 1 == in_force(house, clock)
    # It is the person that is refused, not the text.
    said = {"sha256": version["sha256"]}
    assert "approved" == body_of(rose.post(f"{at(version)}/approvals", json=said))["state"]


def test_nor_on_the_command_line(
    client: Client, omni: Client, ana: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mia, rose = client.as_("mia", Role.CREDIT_MANAGER), client.as_("rose", Role.APPROVER)
    version = edited(omni, ana, mia, rose)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DEFAULT_POLICY", "house")
    named = ("approve", "house", str(version["number"]), "--hash", version["sha256"], "--as", "omni")
    refusal(policy(*named), "R465")
    refusal(policy(*named, "--bypass", "--note", "in a hurry"), "R465")


def test_nor_by_going_back_to_what_was_never_in_force(client: Client, omni: Client, house: House, clock: Clock) -> None:
    mine = make(omni)
    for state in ("draft", "submitted"):
        problem_of(omni.post(f"{at(mine)}/rollback", json={"note": "as it was"}), 409, "R463")
        if state == "draft":
            mine = hand_in(omni, mine)
    assert 1 == in_force(house, clock)


def test_a_copy_of_ones_text_that_others_approved_is_ones_own_again_when_edited(
    client: Client, omni: Client, ana: Client, house: House
) -> None:
    mia, rose = client.as_("mia", Role.CREDIT_MANAGER), client.as_("rose", Role.APPROVER)
    live = hand_in(mia, make(omni, files=files(order_check=GENEROUS)))
    body_of(rose.post(f"{at(live)}/approvals", json={"sha256": live["sha256"]}))
    body_of(mia.post(f"{at(live)}/activation", json={}))
    again = hand_in(mia, save(omni, make(ana, version=live["number"]), 9000))
    refuse_every_approval(again, keys_of(omni, house))


def test_a_role_given_by_oneself_and_a_setting_agreed_to_by_oneself_are_refused(omni: Client, house: House) -> None:
    """What could make the rule weaker takes another person too."""
    problem_of(omni.post("/v1/people/omni/roles/approver"), 403, "A405")
    change = body_of(
        omni.post("/v1/settings/approvers_needed/proposals", json={"value": 1, "note": "one will do"}), 201
    )
    agreement = f"/v1/settings/approvers_needed/proposals/{change['change_id']}/agreement"
    for each in keys_of(omni, house).values():
        assert each.post(agreement).status_code == 403
