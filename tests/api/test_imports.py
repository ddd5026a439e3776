"""Ledger files uploaded, imported as jobs, and reported on."""

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Role, permissions_of
from policy_service.running import new_id
from policy_service.services.actor import Actor
from policy_service.services.background_jobs import work_one
from policy_service.services.house import House
from policy_service.services.ledger_in.import_job import IMPORT_LEDGER, ask_for_import
from policy_service.services.ledger_in.left_uploads import KEPT_FOR, remove_left_uploads
from policy_service.storage.job_store import JobStore
from tests.api.asking import problem_of
from tests.api.house import Client, Clock
from tests.services.house import CUSTOMERS, INVOICES

FILES = {"customers": CUSTOMERS, "invoices": INVOICES}
MORE = FILES | {
    "payments": "payment_id,date,amount,invoice_id\nP1,2025-01-15,400.00,I1\nP2,2025-01-15,ten,I2\nP3,2025-13-01,1,I1\n"
}


@pytest.fixture(autouse=True)
def _uploads(house: House, tmp_path: Path) -> None:
    house.settings = replace(house.settings, upload_dir=tmp_path / "uploads")


def _form(files: Mapping[str, str]) -> dict[str, object]:
    return {name: (io.BytesIO(text.encode()), f"{name}.csv") for name, text in files.items()}


def _upload(client: Client, files: Mapping[str, str], **headers: str):  # type: ignore[no-untyped-def]
    return client.of(Role.SYSTEM).post("/v1/imports", data=_form(files), headers=headers)


def _work(house: House, clock: Clock) -> bool:
    return work_one(house, [IMPORT_LEDGER], "worker", clock)


def test_an_upload_is_taken_at_once_and_imported_behind_the_scenes(client: Client, house: House, clock: Clock) -> None:
    taken = _upload(client, MORE)
    assert (taken.status_code, taken.get_json()["state"]) == (202, "waiting")
    assert _work(house, clock)
    report = client.of(Role.SYSTEM).get(taken.headers["Location"]).get_json()
    assert (report["state"], report["quarantined"], report["by_code"]) == ("done", 5, report["by_code"])


def test_files_may_be_larger_than_the_body_of_any_other_request(client: Client) -> None:
    """A month of invoices has megabytes, a question some hundred bytes."""
    many = INVOICES + "".join(f"N{number},C1,2025-01-01,2025-01-31,1.00\n" for number in range(20_000))
    part = '--x\r\nContent-Disposition: form-data; name="{0}"; filename="{0}.csv"\r\n\r\n{1}\r\n'
    body = part.format("customers", CUSTOMERS) + part.format("invoices", many) + "--x--\r\n"
    answer = client.of(Role.SYSTEM).post("/v1/imports", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 202


def test_every_row_left_out_is_reported_with_its_place_reason_and_remedy(
    client: Client, house: House, clock: Clock
) -> None:
    taken = _upload(client, MORE)
    _work(house, clock)
    path = taken.headers["Location"] + "/notes?kind=quarantined&limit=1"
    notes, cursor = [], ""
    while True:
        page = client.of(Role.VIEWER).get(path + (f"&cursor={cursor}" if cursor else "")).get_json()
        notes += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            break
    of_payments = [(note["file"], note["line"], note["column"]) for note in notes if note["file"] == "payments.csv"]
    assert ("payments.csv", 3, "amount") in of_payments
    assert ("payments.csv", 4, "date") in of_payments
    assert all(note["reason"] and note["remedy"] for note in notes)


def test_the_same_files_again_change_nothing(client: Client, house: House, clock: Clock) -> None:
    reports = []
    for _ in range(2):
        taken = _upload(client, FILES | {"events": "event_id,customer_id,date,kind\nE1,C1,2025-01-01,contact\n"})
        _work(house, clock)
        reports.append(client.of(Role.SYSTEM).get(taken.headers["Location"]).get_json())
    assert [(report["added"], report["posting"] is None) for report in reports] == [(1, False), (0, True)]


def test_a_refused_import_says_why_and_leaves_no_file(
    client: Client, house: House, clock: Clock, tmp_path: Path
) -> None:
    taken = _upload(client, {"customers": CUSTOMERS})
    _work(house, clock)
    report = client.of(Role.SYSTEM).get(taken.headers["Location"]).get_json()
    assert report["state"] == "failed"
    assert report["error"].startswith("the file invoices is missing.")
    assert list((tmp_path / "uploads").iterdir()) == []


def test_the_files_of_a_cancelled_import_are_removed_a_day_later_and_no_others(
    client: Client, house: House, clock: Clock, tmp_path: Path
) -> None:
    """A setting may lead to a folder that holds more than uploads."""
    house.new_id = new_id
    cancelled, waiting = (_upload(client, FILES).headers["Location"].rpartition("/")[2] for _ in range(2))
    assert 200 == client.of(Role.SYSTEM).post(f"/v1/jobs/{cancelled}/cancellation").status_code
    (tmp_path / "uploads" / "of-somebody-else").mkdir()
    uploaded = {path.name for path in (tmp_path / "uploads").iterdir()}
    with house.database.reading() as session:
        kept = Path(JobStore(session).load(waiting).arguments["folder"]).name
    changed_at = max(path.stat().st_mtime_ns for path in (tmp_path / "uploads").iterdir()) // 1_000

    assert 0 == remove_left_uploads(house, changed_at)
    assert uploaded == {path.name for path in (tmp_path / "uploads").iterdir()}
    assert 1 == remove_left_uploads(house, changed_at + KEPT_FOR + 1)
    assert {kept, "of-somebody-else"} == {path.name for path in (tmp_path / "uploads").iterdir()}
    assert _work(house, clock)


def test_without_a_folder_of_uploads_there_is_nothing_to_remove(house: House) -> None:
    assert 0 == remove_left_uploads(house, KEPT_FOR)


def test_a_failed_import_is_listed_with_the_others_and_left_out_no_row(
    client: Client, house: House, clock: Clock
) -> None:
    ids = []
    for files in (FILES, {"customers": CUSTOMERS}, FILES):
        taken = _upload(client, files)
        ids.append(taken.headers["Location"].rpartition("/")[2])
        _work(house, clock)
    waiting = _upload(client, FILES).headers["Location"].rpartition("/")[2]
    viewer, listed, cursor = client.of(Role.VIEWER), [], ""
    while cursor is not None:
        page = viewer.get("/v1/imports?limit=1" + (f"&cursor={cursor}" if cursor else "")).get_json()
        listed += [(one["import_id"], one["state"]) for one in page["items"]]
        cursor = page["next_cursor"]
    states = ("waiting", "done", "failed", "done")
    # The house has the ledger of the first import, which nobody uploaded.
    assert listed.pop()[1] == "done"
    assert listed == list(zip((waiting, *reversed(ids)), states, strict=True))
    assert viewer.get(f"/v1/imports/{ids[1]}/notes").get_json() == {"items": [], "next_cursor": None}
    assert viewer.get("/v1/imports/nothing/notes").status_code == 404


def test_a_row_that_the_ledger_has_otherwise_is_reported_as_it_stands_in_the_file(
    client: Client, house: House, clock: Clock
) -> None:
    _upload(client, FILES)
    _work(house, clock)
    first, *others = INVOICES.splitlines()[1:]
    changed = first.replace(".00", ".05")
    assert changed != first
    taken = _upload(client, FILES | {"invoices": "\n".join([INVOICES.splitlines()[0], *others, changed])})
    _work(house, clock)
    (note,) = client.of(Role.VIEWER).get(taken.headers["Location"] + "/notes").get_json()["items"]
    assert (note["file"], note["line"], note["column"]) == ("invoices.csv", len(others) + 2, "amount")
    amount = first.split(",")[4]
    assert (note["code"], note["found"]) == (
        "Q131",
        f"stored with amount {amount} CNY, here {amount.replace('.00', '.05')} CNY",
    )
    assert "differing=replace" in note["remedy"]


def test_an_upload_sent_twice_under_one_key_is_imported_once(client: Client, house: House, clock: Clock) -> None:
    first = _upload(client, MORE, **{"Idempotency-Key": "night-1"})
    again = _upload(client, MORE, **{"Idempotency-Key": "night-1"})
    assert (first.get_data(), again.headers["Idempotency-Replayed"]) == (again.get_data(), "true")
    assert [_work(house, clock), _work(house, clock)] == [True, False]


def test_another_upload_under_the_same_key_is_refused(client: Client) -> None:
    _upload(client, MORE, **{"Idempotency-Key": "night-1"})
    assert _upload(client, FILES, **{"Idempotency-Key": "night-1"}).status_code == 422


@pytest.mark.parametrize(
    ("part", "file", "status"),
    [
        ("photo", "a.png", 422),
        ("customers", "a.exe", 422),
        ("file", "../../etc/passwd", 422),
        ("file", ".bashrc", 422),
        pytest.param("file", f"{'账' * 100}.csv", 422, id="more bytes than a file system takes"),
    ],
)
def test_a_part_that_is_no_ledger_file_is_refused_and_nothing_is_left(
    client: Client, tmp_path: Path, part: str, file: str, status: int
) -> None:
    data = {part: (io.BytesIO(b"x"), file)}
    answer = client.of(Role.SYSTEM).post("/v1/imports", data=data)
    assert (answer.status_code, answer.get_json()["code"]) == (status, "R487")
    assert list((tmp_path / "uploads").iterdir()) == []


def test_an_upload_beyond_the_limit_is_refused(client: Client, house: House) -> None:
    house.settings = replace(house.settings, upload_megabytes=1)
    body = b'--x\r\nContent-Disposition: form-data; name="customers"; filename="c.csv"\r\n\r\n' + b"C" * 1_100_000
    answer = client.of(Role.SYSTEM).post("/v1/imports", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_a_body_that_is_no_form_is_refused(client: Client) -> None:
    refused = problem_of(client.of(Role.SYSTEM).post("/v1/imports", json={}), 415, "H415")
    assert "multipart/form-data" in str(refused["detail"])
    assert "application/json" not in str(refused["remedy"])


def test_a_mapping_that_does_not_ship_is_refused_before_anything_is_kept(client: Client) -> None:
    answer = client.of(Role.SYSTEM).post("/v1/imports", data={**_form(FILES), "mapping": "../secret"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "R407")


def test_an_id_that_is_too_long_leaves_out_its_row_and_a_limit_may_be_unlimited(
    client: Client, house: House, clock: Clock
) -> None:
    standings = "customer_id,from,credit_limit\nC1,2024-01-01,unlimited\n"
    long = INVOICES + f"{'9' * 201},C1,2025-01-01,2025-01-31,1.00\n"
    taken = _upload(client, {"customers": CUSTOMERS, "invoices": long, "standings": standings})
    _work(house, clock)
    report = client.of(Role.SYSTEM).get(taken.headers["Location"]).get_json()
    assert ("done", {"Q129": 1}) == (report["state"], report["by_code"])
    (note,) = client.of(Role.VIEWER).get(taken.headers["Location"] + "/notes").get_json()["items"]
    assert ("invoices.csv", 4, "invoice_id") == (note["file"], note["line"], note["column"])

    viewer = client.of(Role.VIEWER)
    (recorded,) = viewer.get("/v1/customers/C1/standings").get_json()["recorded"]
    assert "unlimited" == recorded["outputs"]["credit_limit"]
    assert "unlimited" == viewer.get("/v1/customers/C1").get_json()["standing"]["credit_limit"]


def test_the_job_of_an_import_shows_its_files_by_name_and_no_folder(client: Client, house: House, clock: Clock) -> None:
    taken = _upload(client, FILES)
    _work(house, clock)
    import_id = taken.headers["Location"].rpartition("/")[2]
    answer = client.of(Role.VIEWER).get(f"/v1/jobs/{import_id}")
    said = {"source": "customers.csv, invoices.csv", "mapping": "", "replaces": False}
    assert said == answer.get_json()["arguments"]
    assert str(house.settings.upload_dir) not in answer.text


@pytest.mark.parametrize("path", ["/v1/imports", "/v1/jobs", "/v1/orders", "/v1/standings", "/v1/customers"])
def test_a_thing_asked_twice_in_one_question_is_refused_by_its_name(client: Client, path: str) -> None:
    answer = client.of(Role.FINANCE_HEAD).get(f"{path}?limit=1&limit=2")
    assert 422 == answer.status_code
    assert "limit" in str(answer.get_json()["errors"])


def test_an_import_is_asked_for_by_nobody_without_the_permission_whatever_calls_it(
    house: House, clock: Clock, tmp_path: Path
) -> None:
    roles = frozenset({Role.VIEWER})
    viewer = Actor("vic", "user-vic", roles, permissions_of(roles))
    with house.database.writing() as session, pytest.raises(AccessError) as refused:
        ask_for_import(session, viewer, tmp_path, "erp", Act("vic", clock()))
    assert refused.value.code == "A403"
    with house.database.reading() as session:
        assert not JobStore(session).open_jobs(IMPORT_LEDGER)
