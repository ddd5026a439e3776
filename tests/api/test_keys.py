"""Keys are shown once, kept as hashes, bound by their owner's roles, rotated with an overlap, and revoked at once."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from policy_service.domain.instants import DAY, SECOND, instant_text
from policy_service.domain.permissions import Permission, Role, permissions_of
from policy_service.services.house import House
from policy_service.storage.models.delivery import IdempotencyKey
from policy_service.storage.models.people import ApiKey
from tests.api.asking import problem_of
from tests.api.house import Client, Clock, store_key

HOUSE_IS_EMPTY = True
WANTED: Mapping[str, object] = {"name": "Web shop", "scopes": ["decisions:read", "keys:own"]}


def made(client: Client, **changes: object) -> dict[str, str]:
    """Return the answer to a request for a key."""
    answer = client.post("/v1/keys", json={**WANTED, **changes})
    assert answer.status_code == 201, answer.get_json()
    body: dict[str, str] = answer.get_json()
    return body


def rotated(client: Client, key_id: str, **body: object) -> dict[str, str]:
    """Return the answer to a request for a rotation."""
    answer = client.post(f"/v1/keys/{key_id}/rotation", json=body)
    assert answer.status_code == 201, answer.get_json()
    after: dict[str, str] = answer.get_json()
    return after


def status_with(client: Client, key: str) -> int:
    """Return with which status somebody with this key may see his keys."""
    return client.with_key(key).get("/v1/keys").status_code


def test_a_key_that_was_made_lets_its_owner_in(client: Client) -> None:
    key = made(client.of(Role.ANALYST))
    mine = client.with_key(key["key"]).get(f"/v1/keys/{key['key_id']}").get_json()
    assert ("analyst", "Web shop", WANTED["scopes"]) == (mine["owner"], mine["name"], mine["scopes"])
    assert "key" not in mine


def test_of_a_key_the_database_holds_the_hash_alone(client: Client, house: House) -> None:
    secret = made(client.of(Role.ANALYST))["key"].split("_", 2)[2]
    with house.database.reading() as session:
        rows = [str(vars(row)) for row in session.scalars(select(ApiKey))]
    assert len(secret) >= 43
    assert not any(secret in row for row in rows)


def test_a_key_sent_for_twice_is_made_once_and_shown_once(client: Client, house: House) -> None:
    analyst, headers = client.of(Role.ANALYST), {"Idempotency-Key": "shop-1"}
    first = analyst.post("/v1/keys", json=WANTED, headers=headers)
    again = analyst.post("/v1/keys", json=WANTED, headers=headers)
    assert "true" == again.headers["Idempotency-Replayed"]
    assert {**first.get_json(), "key": None} == again.get_json()
    with house.database.reading() as session:
        kept = session.scalars(select(IdempotencyKey)).one()
    assert first.get_json()["key"].encode() not in (kept.answer or b"")


def test_a_bounded_key_makes_none_that_asks_more_often_or_counts_longer(client: Client) -> None:
    end, later = "2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z"
    owner = client.of(Role.ANALYST)
    wide = made(owner)
    bounded = client.with_key(made(owner, requests_per_minute=60, expires_at=end)["key"])
    refused = [
        bounded.post("/v1/keys", json={**WANTED, "requests_per_minute": most, "expires_at": until})
        for most, until in ((60, None), (60, later), (61, end))
    ]
    refused.append(bounded.post(f"/v1/keys/{wide['key_id']}/rotation", json={}))
    assert ["A407"] * 4 == [problem_of(answer, 403, "A407")["code"] for answer in refused]
    within = bounded.post("/v1/keys", json={**WANTED, "requests_per_minute": 60, "expires_at": end})
    assert 201 == within.status_code


def test_a_key_has_no_scope_that_its_owner_lacks(client: Client) -> None:
    answer = client.of(Role.VIEWER).post("/v1/keys", json={**WANTED, "scopes": ["policies:approve"]})
    assert "policies:approve" in str(problem_of(answer, 403, "A407")["detail"])


def test_a_key_makes_no_key_that_may_do_more_than_itself(client: Client, house: House) -> None:
    client.of(Role.ANALYST)
    narrow = client.with_key(store_key(house, "analyst", scopes=("keys:own",)))
    problem_of(narrow.post("/v1/keys", json=WANTED), 403, "A407")


def test_a_key_rotates_no_key_that_may_do_more_than_itself(client: Client, house: House) -> None:
    wide = made(client.of(Role.ANALYST))
    narrow = client.with_key(store_key(house, "analyst", scopes=("keys:own",)))
    problem_of(narrow.post(f"/v1/keys/{wide['key_id']}/rotation", json={}), 403, "A407")


def test_a_key_may_do_no_more_than_its_owner_may_by_now(client: Client, house: House) -> None:
    admin, key = client.of(Role.ADMIN), made(client.as_("bo", Role.ANALYST))
    assert admin.delete("/v1/people/bo/roles/analyst").status_code == 200
    problem_of(client.with_key(key["key"]).get("/v1/keys"), 403, "A403")


def test_an_admin_lists_and_revokes_the_keys_of_others_and_makes_and_rotates_none(client: Client) -> None:
    key = made(client.of(Role.APPROVER))
    admin = client.of(Role.ADMIN)
    listed = admin.get("/v1/keys?owner=approver").get_json()["items"]
    assert key["key_id"] in [each["key_id"] for each in listed]
    problem_of(admin.post(f"/v1/keys/{key['key_id']}/rotation", json={}), 403, "A408")
    problem_of(admin.post("/v1/keys", json={**WANTED, "owner": "approver"}), 422, "R422")
    assert admin.delete(f"/v1/keys/{key['key_id']}").get_json()["revoked_at"]
    assert 401 == status_with(client, key["key"])


@pytest.mark.parametrize("method", ["get", "delete"])
def test_anybody_else_sees_and_revokes_ones_own_keys_alone(client: Client, method: str) -> None:
    key = made(client.of(Role.APPROVER))
    answer = getattr(client.of(Role.ANALYST), method)(f"/v1/keys/{key['key_id']}")
    problem_of(answer, 403, "A408")


def test_anybody_else_lists_ones_own_keys_alone(client: Client) -> None:
    made(client.of(Role.APPROVER))
    analyst = client.of(Role.ANALYST)
    assert {"analyst"} == {each["owner"] for each in analyst.get("/v1/keys").get_json()["items"]}
    problem_of(analyst.get("/v1/keys?owner=approver"), 403, "A408")


def test_a_list_of_keys_comes_in_pages_with_every_key_once(client: Client, clock: Clock) -> None:
    analyst = client.of(Role.ANALYST)
    ids = {made(analyst, name=f"Key {number}")["key_id"] for number in range(5)}
    found, cursor = [], ""
    while True:
        page = analyst.get(f"/v1/keys?limit=2&cursor={cursor}").get_json()
        found += [each["key_id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 6
    assert ids < set(found)


def test_after_a_rotation_both_keys_count_until_the_overlap_is_over(client: Client, clock: Clock) -> None:
    key = made(client.of(Role.ANALYST))
    after = rotated(client.with_key(key["key"]), key["key_id"], overlap_seconds=60)
    assert (key["key_id"], key["scopes"]) == (after["replaces"], after["scopes"])
    clock.instant += 59 * SECOND
    assert (200, 200) == (status_with(client, key["key"]), status_with(client, after["key"]))
    clock.instant += 60 * SECOND
    client.forget_keys()
    assert (401, 200) == (status_with(client, key["key"]), status_with(client, after["key"]))


def test_the_overlap_is_an_hour_unless_asked_for_and_a_day_at_most(client: Client, clock: Clock) -> None:
    analyst = client.of(Role.ANALYST)
    key = made(analyst)
    rotated(analyst, key["key_id"])
    old = analyst.get(f"/v1/keys/{key['key_id']}").get_json()
    assert instant_text(clock.instant + 3_600 * SECOND)[:19] == old["expires_at"][:19]
    problem_of(analyst.post(f"/v1/keys/{key['key_id']}/rotation", json={"overlap_seconds": 86_401}), 422, "R422")


def test_a_key_is_rotated_once_and_not_when_it_counts_no_more(client: Client) -> None:
    analyst = client.of(Role.ANALYST)
    first, second = made(analyst), made(analyst)
    rotated(analyst, first["key_id"])
    problem_of(analyst.post(f"/v1/keys/{first['key_id']}/rotation", json={}), 409, "S221")
    analyst.delete(f"/v1/keys/{second['key_id']}")
    problem_of(analyst.post(f"/v1/keys/{second['key_id']}/rotation", json={}), 409, "S225")


def test_a_key_ends_when_it_was_said_to(client: Client, clock: Clock) -> None:
    key = made(client.of(Role.ANALYST), expires_at=instant_text(clock.instant + DAY))
    clock.instant += DAY
    problem_of(client.with_key(key["key"]).get("/v1/keys"), 401, "A401")


def test_a_key_that_would_be_over_already_is_not_made(client: Client, clock: Clock) -> None:
    answer = client.of(Role.ANALYST).post("/v1/keys", json={**WANTED, "expires_at": instant_text(clock.instant)})
    problem_of(answer, 422, "R418")


def test_revoking_twice_keeps_the_first_instant(client: Client) -> None:
    analyst = client.of(Role.ANALYST)
    key = made(analyst)
    first, second = (analyst.delete(f"/v1/keys/{key['key_id']}").get_json() for _ in range(2))
    assert first["revoked_at"] == second["revoked_at"]


def test_every_scope_can_be_given_by_who_has_them_all(client: Client) -> None:
    every = sorted(permissions_of(Role))
    assert every == made(client.of(*Role), scopes=every)["scopes"]
    # Whoever lets orders go does not say where payments come from: that scope another gives.
    withheld = sorted(set(Permission) - set(every))
    assert [Permission.CONNECTIONS_CONNECT] == withheld
    assert withheld == made(client.of(Role.ADMIN), scopes=withheld)["scopes"]


@pytest.mark.parametrize("path", ["/v1/keys/nobody", "/v1/keys/" + "9" * 300, "/v1/keys/%00"])
def test_a_key_that_there_is_not_is_not_found(client: Client, path: str) -> None:
    assert client.of(Role.ADMIN).get(path).status_code in (404, 422)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"scopes": []},
        {"scopes": ["keys:none"]},
        {"scopes": "keys:own"},
        {"requests_per_minute": 0},
        {"requests_per_minute": "9"},
        {"requests_per_minute": 1.5},
        {"expires_at": "2030-01-01"},
        {"expires_at": 9},
        {"secret": "mine"},
    ],
)
def test_a_request_for_a_key_that_fits_no_schema_is_refused(client: Client, changes: dict[str, object]) -> None:
    answer = client.of(Role.ANALYST).post("/v1/keys", json={**WANTED, **changes})
    problem_of(answer, 422, "R422")


def test_a_key_that_names_no_bound_takes_over_a_smaller_one_and_else_has_the_usual_one(client: Client) -> None:
    owner = client.of(Role.VIEWER)
    bounds: list[object] = []
    for most in (60, 100_000):
        bounded = client.with_key(made(owner, requests_per_minute=most)["key"])
        bounds.append(made(bounded)["requests_per_minute"])
    assert bounds == [60, None]


def test_a_narrow_key_is_told_from_a_person_who_may_not(client: Client) -> None:
    narrow = client.with_key(made(client.of(Role.VIEWER), scopes=["orders:read", "keys:own"])["key"])
    told = [str(problem_of(narrow.get(path), 403, "A403")["detail"]) for path in ("/v1/decisions", "/v1/people")]
    assert ["not with this key" in one for one in told] == [True, False]
