"""Drafts over HTTP: made from three sources, edited under their ETag, and never lost between two editors."""

from threading import Barrier, Thread

import pytest

from policy_service.domain.permissions import Role
from tests.api.asking import problem_of
from tests.api.house import Client
from tests.api.policy_calls import HOUSE, POLICIES, at, body_of, drafted, files, if_match, step, submitted
from tests.storage.books import run


def test_a_draft_is_made_from_files_from_a_shipped_policy_and_from_a_version(client: Client) -> None:
    analyst = client.of(Role.ANALYST)
    answer = analyst.post(f"{HOUSE}/versions", json={"files": files()})
    assert (201, f"{HOUSE}/versions/2", '"1"') == (
        answer.status_code,
        answer.headers["Location"],
        answer.headers["ETag"],
    )
    copied = body_of(analyst.post(f"{HOUSE}/versions", json={"version": 2}), 201)
    assert (3, 2, answer.get_json()["sha256"]) == (copied["number"], copied["based_on"], copied["sha256"])
    shipped = body_of(analyst.post(f"{POLICIES}/sme_simple/versions", json={"folder": "sme_simple"}), 201)
    assert ("sme_simple", 1) == (shipped["policy_id"], shipped["number"])
    assert shipped["sha256"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"version": 1, "folder": "sme_simple"},
        {"version": 0},
        {"version": 10**12},
        {"version": "1"},
        {"files": {}},
        {"files": {"../policy.yaml": ""}},
        {"files": {"policy.yaml\n": ""}},
        {"files": {"policy.yaml": None}},
        {"folder": ""},
        {"path": "x"},
    ],
)
def test_what_makes_no_draft_is_refused(client: Client, said: dict[str, object]) -> None:
    problem_of(client.of(Role.ANALYST).post(f"{HOUSE}/versions", json=said), 422, "R422")


def test_a_folder_that_does_not_ship_is_refused(client: Client) -> None:
    for name in ("nowhere", "../rules", "mappings", "/etc"):
        problem_of(client.of(Role.ANALYST).post(f"{HOUSE}/versions", json={"folder": name}), 422, "R401")


def test_an_id_that_no_policy_can_have_is_refused(client: Client) -> None:
    problem_of(client.of(Role.ANALYST).post(f"{POLICIES}/My House/versions", json={"files": files()}), 422, "R460")


def test_files_are_shown_replaced_added_and_taken_away(client: Client) -> None:
    draft, analyst = drafted(client), client.of(Role.ANALYST)
    shown = analyst.get(f"{at(draft)}/files")
    assert (files(), '"1"') == (shown.get_json()["files"], shown.headers["ETag"])
    one = analyst.put(f"{at(draft)}/files/notes.yaml", json={"text": "a: b"}, headers=if_match(draft))
    assert (None, 2, '"2"') == (one.get_json()["sha256"], one.get_json()["revision"], one.headers["ETag"])
    assert {"text": "a: b"} == body_of(analyst.get(f"{at(draft)}/files/notes.yaml"))
    gone = body_of(analyst.delete(f"{at(draft)}/files/notes.yaml", headers=if_match(one.get_json())))
    assert draft["sha256"] == gone["sha256"]
    problem_of(analyst.get(f"{at(draft)}/files/notes.yaml"), 404, "S209")
    all_of_them = analyst.put(f"{at(draft)}/files", json={"files": files(1)}, headers=if_match(gone))
    assert files(1) == body_of(analyst.get(f"{at(draft)}/files"))["files"]
    assert 4 == body_of(all_of_them)["revision"]
    bad = analyst.put(f"{at(draft)}/files/Notes.yml", json={"text": ""}, headers={"If-Match": '"4"'})
    problem_of(bad, 422, "R460")


def test_an_edit_names_the_revision_it_is_made_against(client: Client) -> None:
    draft, analyst = drafted(client), client.of(Role.ANALYST)
    path, said = f"{at(draft)}/files", {"files": files(1)}
    problem_of(analyst.put(path, json=said), 428, "R413")
    problem_of(analyst.put(path, json=said, headers={"If-Match": "*"}), 400, "R414")
    problem_of(analyst.put(path, json=said, headers={"If-Match": '"7"'}), 412, "S208")
    problem_of(analyst.delete(f"{path}/policy.yaml"), 428, "R413")
    problem_of(analyst.delete(f"{path}/policy.yaml", headers={"If-Match": '"7"'}), 412, "S208")
    problem_of(step(client, draft, "submission", note="x"), 428, "R413")
    late = client.of(Role.CREDIT_MANAGER).post(
        f"{at(draft)}/submission", json={"note": "x"}, headers={"If-Match": '"7"'}
    )
    problem_of(late, 412, "S208")


def test_of_two_editors_at_once_one_is_told_that_the_other_came_first(client: Client) -> None:
    draft, start, fates = drafted(client), Barrier(2), dict[int, int]()
    editors = {1111: client.as_("ann", Role.ANALYST), 2222: client.as_("ben", Role.ANALYST)}

    def edit(limit: int) -> None:
        start.wait()
        answer = editors[limit].put(f"{at(draft)}/files", json={"files": files(limit)}, headers=if_match(draft))
        fates[limit] = answer.status_code

    run([Thread(target=edit, args=(limit,)) for limit in editors])
    assert [200, 412] == sorted(fates.values())
    winner = next(limit for limit, status in fates.items() if status == 200)
    assert files(winner) == body_of(client.of(Role.VIEWER).get(f"{at(draft)}/files"))["files"]


def test_an_edit_after_submission_voids_it_and_one_after_approval_is_refused(client: Client) -> None:
    version, analyst = submitted(client, drafted(client)), client.of(Role.ANALYST)
    put = analyst.put(f"{at(version)}/files", json={"files": files(6000)}, headers=if_match(version))
    edited = body_of(put)
    assert ("draft", None) == (edited["state"], edited["submission"])
    said = {"sha256": version["sha256"]}
    problem_of(client.of(Role.APPROVER).post(f"{at(version)}/approvals", json=said), 409, "R463")
    again = submitted(client, edited)
    done = body_of(client.of(Role.APPROVER).post(f"{at(version)}/approvals", json=said))
    late = analyst.put(f"{at(version)}/files", json={"files": files(1)}, headers=if_match(done))
    problem_of(late, 409, "S219")
    assert again["sha256"] == done["sha256"]


def test_files_may_be_larger_than_other_bodies_up_to_their_bound(client: Client) -> None:
    analyst = client.of(Role.ANALYST)
    large = files() | {"notes.yaml": "#" * 900_000}
    body_of(analyst.post(f"{HOUSE}/versions", json={"files": large}), 201)
    too_large = files() | {"notes.yaml": "#" * (1024 * 1024 - 10)}
    problem_of(analyst.post(f"{HOUSE}/versions", json={"files": too_large}), 422, "R460")
    huge = {f"n{number}.yaml": "#" * 900_000 for number in range(5)}
    problem_of(analyst.post(f"{HOUSE}/versions", json={"files": huge}), 413, "H413")
    problem_of(client.of(Role.VIEWER).post(f"{HOUSE}/versions/1/comments", json={"note": "x" * 300_000}), 413, "H413")


def test_a_draft_asked_for_twice_under_one_key_is_made_once(client: Client) -> None:
    analyst, key = client.of(Role.ANALYST), {"Idempotency-Key": "draft-1"}
    first, second = (
        analyst.post(f"{HOUSE}/versions", json={"files": files()}, headers=key).get_json() for _ in range(2)
    )
    assert first == second
    assert 2 == body_of(client.of(Role.VIEWER).get(f"{HOUSE}/versions"))["items"][0]["number"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER, Role.ADMIN, Role.SYSTEM])
def test_who_may_not_edit_does_not(client: Client, role: Role) -> None:
    draft, who = drafted(client), client.of(role)
    problem_of(who.post(f"{HOUSE}/versions", json={"files": files()}), 403, "A403")
    problem_of(who.put(f"{at(draft)}/files", json={"files": files()}, headers=if_match(draft)), 403, "A403")
    problem_of(who.delete(f"{at(draft)}/files/policy.yaml", headers=if_match(draft)), 403, "A403")
