"""The story of story.yaml, told to the application; what came of it stands as examples in the description.

`python -m tests.api.story` writes policy_service/api/examples.json anew. Ids and instants count up, and what is drawn
at random or measured is put in other words, so that the story is the same each time.
"""

import datetime as dt
import io
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

import yaml
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from policy_service.api.description import EXAMPLES, NAMED
from policy_service.app import app_of
from policy_service.domain.acting import Act
from policy_service.domain.instants import DAY
from policy_service.domain.permissions import Role
from policy_service.services.announcing import announce
from policy_service.services.background_jobs import HANDLERS, work_one
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.migrate import upgrade
from policy_service.storage.models.simulations import SIMULATION_KINDS
from policy_service.storage.outbox import Attempt, Outbox
from policy_service.storage.simulation_store import Outcome, SimulationStore
from simulations.stored.results import write_result
from tests.api.house import Clock, store_key, store_person
from tests.api.standing_in import answer_once
from tests.services.decisions.live import at, enforce, open_house, post
from tests.services.house import FACTS, REASONS, RULE_SETS, house_policy

STORY: Final = Path(__file__).with_name("story.yaml")
BEGINS: Final = dt.date(2026, 3, 2)
#: Who may ask once a minute, and does not keep to it.
HASTY: Final = "hasty"
#: Headers that an answer has besides those of every answer.
HEADERS: Final = ("ETag", "Location", "Retry-After")
#: Beyond these a list says nothing new.
ITEMS: Final = 2
#: What no two runs have alike, by its name in an answer.
OTHERWISE: Final[Mapping[str, object]] = {
    "key": "cps_0198c1d2a3b4c5d6e7f8091a2b3c4d5e_4n1bT0zFh2sYQf3yUoXW6mJ8dK5vRcLpEaGiNtZqHsA",
    "secret": "whsec_c2hvd24gb25jZSwgd2hlbiBpdCBpcyBtYWRlISEhIQ==",
    "took_microseconds": 900,
    "import_id": "0198c1d2a3b4c5d6e7f8000000000038",
    "job_id": "5f1d7a84db00d2fce00b31a7fc73224f",
    "previous_hash": "a70765f2aa2e885a9e253907049fff4416648635fc5861aabe8aa7d96a7bcdb5",
}
#: The hash of a decision is that of its time taken too.
HASH: Final = "60186425d47059e7cf49d2edc5fbf8625fa55fc020c80b78b65d0c7a57ced39e"
#: What a simulation is known by.
KEY: Final = "3f786850e387550fdab836ed7e6dc881de23001b5e5c1a3a4b2a6f1d0d9c8b7a"
#: The address of the webhook of the story, so that nobody is asked for a name; in the examples it has one.
URL: Final = "93.184.216.34"
#: A case whose last step waits for somebody, and a limit that does.
CHANGED: Final = {
    "collection": RULE_SETS["collection"].replace("reason: NO_WILL", "approval: finance_head, reason: NO_WILL"),
    "standing": RULE_SETS["standing"].replace("credit_limit: 800", "credit_limit: 800, approval_role: credit_manager"),
    "facts": FACTS,
    "reasons": REASONS,
}


@dataclass(slots=True)
class Telling:
    """The story while it is told."""

    app: Flask
    house: House
    clock: Clock
    keys: Mapping[str, str]
    kept: dict[str, Any] = field(default_factory=dict)
    operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: dict[str, Any] = field(default_factory=dict)
    #: At which address each operation was asked first.
    addresses: dict[str, str] = field(default_factory=dict)


def told(folder: Path) -> dict[str, Any]:
    """Return the examples that the story gives, told over a database in that folder."""
    with after_the_story(folder) as telling:
        return {"operations": telling.operations, "problems": telling.problems}


@contextmanager
def after_the_story(folder: Path) -> Iterator[Telling]:
    """Give the application as the story leaves it, with all that happened in its database."""
    said = yaml.safe_load(STORY.read_text(encoding="utf-8"))
    with _beginning(folder, said) as telling:
        for step in said["story"]:
            _go_on(telling, **{("awaited" if name == "as" else name): each for name, each in _jsonable(step).items()})
        yield telling


def written(examples: Mapping[str, Any]) -> str:
    """Return the examples as they are kept."""
    text = json.dumps(examples, indent=1, ensure_ascii=False, sort_keys=True).replace(URL, NAMED) + "\n"
    return re.sub(r"(/v1/imports/)\w{32}", rf"\g<1>{OTHERWISE['import_id']}", text)


@contextmanager
def _beginning(folder: Path, said: Mapping[str, Any]) -> Iterator[Telling]:
    database = Database(f"sqlite:///{folder / 'story.db'}")
    upgrade(database)
    house = open_house(database)
    numbers = count(1)
    house.new_id = lambda: f"0198c1d2a3b4c5d6e7f8{next(numbers):012x}"
    house.settings = replace(house.settings, upload_dir=folder / "uploads", simulation_dir=folder / "simulations")
    post(house, {"customers": said["customers"], "invoices": said["invoices"]})
    texts = {**RULE_SETS, **CHANGED}
    enforce(house, house_policy(CHANGED), files={f"{name}.yaml": text for name, text in texts.items()})
    keys = {}
    for login, roles in {**said["people"], HASTY: ["viewer"]}.items():
        store_person(house, login, *map(Role, roles))
        keys[login] = store_key(
            house, login, key_id=house.new_id(), requests_per_minute=1 if login == "hasty" else None
        )
    clock = Clock(at(BEGINS))
    app = app_of(house, clock)
    yield Telling(app, house, clock, keys, {"files": {f"{name}.yaml": text for name, text in texts.items()}})
    database.close()
    house.close()


def _go_on(telling: Telling, awaited: str = "", ask: str = "", **how: Any) -> None:
    house = telling.house
    match how:
        case {"work": True}:
            while work_one(house, list(HANDLERS), "worker-1", telling.clock):
                pass
        case {"simulated": job_id}:
            _simulated(telling, _filled(telling, job_id))
        case {"until": day}:
            telling.clock.instant = at(dt.date.fromisoformat(day))
        case {"away": True}:
            telling.kept["database"] = house.database
            house.database = Database("postgresql://127.0.0.1:1/none")
        case {"back": True}:
            house.database = telling.kept["database"]
        case {"worker": file}:
            answer_once(house.settings.simulation_dir, json.loads(Path(__file__).with_name(file).read_text("utf-8")))
        case {"give_up": webhook}:
            telling.kept["delivery"] = _given_up(house, _filled(telling, webhook))
        case _:
            _ask(telling, awaited, ask, **how)


def _ask(
    telling: Telling,
    who: str,
    ask: str,
    send: Any = None,
    keep: Mapping[str, str] | None = None,
    status: int | None = None,
    **how: Any,
) -> None:
    method, address = _filled(telling, ask).split(" ", 1)
    sent = _filled(telling, send)
    # Whoever is hasty asked before.
    for _ in range(2 if who == HASTY else 1):
        with telling.app.test_client() as client:
            answer = _answer(client, telling.keys.get(who, ""), method, address, sent, **_filled(telling, how))
            rule = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", str(request.url_rule))
    text = answer.get_data(as_text=True)
    assert (answer.status_code < 400) if status is None else (answer.status_code == status), (ask, answer.status, text)
    body = [json.loads(line) for line in text.splitlines()]
    if status is not None:
        telling.problems[str(status)] = _same_each_time(body[0])
        return
    assert body or answer.status_code == 204, ask
    for name, place in (keep or {}).items():
        telling.kept[name] = _at(body[0], place)
    if f"{method} {rule}" not in telling.operations:
        telling.addresses[f"{method} {rule}"] = address
        telling.operations[f"{method} {rule}"] = _example(sent, how.get("files"), answer, body)


def _answer(client: FlaskClient, key: str, method: str, address: str, sent: Any, **how: Any) -> TestResponse:
    headers = {"X-Request-Id": "4711", **({"Authorization": f"Bearer {key}"} if key else {})}
    if "revision" in how:
        headers["If-Match"] = f'"{how["revision"]}"'
    if "accept" in how:
        headers["Accept"] = how["accept"]
    if "files" in how:
        files = {name: (io.BytesIO(text.encode()), f"{name}.csv") for name, text in how["files"].items()}
        return client.open(address, method=method, headers=headers, data={**sent, **files}, buffered=True)
    kind = how.get("type") or ("application/x-ndjson" if address.endswith("/batch") else "application/json")
    data = " " * how["spaces"] if "spaces" in how else sent if isinstance(sent, str) else json.dumps(sent)
    more = {} if sent is None and "spaces" not in how else {"data": data, "content_type": kind}
    return client.open(address, method=method, headers=headers, buffered=True, **more)


def _example(sent: Any, files: Any, answer: TestResponse, body: list[Any]) -> dict[str, Any]:
    example: dict[str, Any] = {} if sent is None else {"request": {**sent, **files} if files else sent}
    example["headers"] = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
    if answer.mimetype == "application/x-ndjson":
        lines = (json.dumps(_same_each_time(line), ensure_ascii=False) for line in body)
        return example | {"answer": "".join(f"{line}\n" for line in lines)}
    return example | ({"answer": _same_each_time(body[0])} if body else {})


def _simulated(telling: Telling, job_id: str) -> None:
    # The simulator is compiled first, which no story waits for: this is how its report begins.
    house, at_once = telling.house, dict.fromkeys(SIMULATION_KINDS, lambda *_: {"key": KEY})
    report = json.dumps({"run": {"key": KEY, "mode": "closed", "customers": 5, "orders": 3}})
    files = write_result(house.settings, job_id, lambda folder: (folder / "report.json").write_text(report))
    work_one(house, SIMULATION_KINDS, "worker-1", telling.clock, at_once)
    with house.database.writing() as session:
        instant = telling.clock()
        SimulationStore(session).finish(job_id, instant, Outcome(KEY, HASH, instant, files, instant + 90 * DAY))


def _given_up(house: House, webhook: str) -> int:
    with house.database.writing() as session:
        announce(house, session, Act("ada", at(BEGINS)), "order.held", "orders/SO-9", {})
        taken = Outbox(session).take(webhook, "process", 1 << 60, (1 << 60) + 1, 100)
        attempt = Attempt(taken[-1].number, "dead", None, 500, "It answered 500.")
        Outbox(session).record("process", [attempt], at(BEGINS))
        Outbox(session).let_go("process", [one.number for one in taken])
    return taken[-1].number


def _at(body: Any, place: str) -> Any:
    for name in place.split("."):
        body = body[int(name)] if name.isdigit() else body[name]
    return body


def _filled(telling: Telling, part: Any) -> Any:
    """Return what a step says with the names that were kept put in."""
    match part:
        case str() if part[1:-1] in telling.kept and part == f"{{{part[1:-1]}}}":
            return telling.kept[part[1:-1]]
        case str():
            return re.sub(r"{(\w+)}", lambda found: str(telling.kept[found[1]]), part)
        case dict():
            return {name: _filled(telling, each) for name, each in part.items()}
        case list():
            return [_filled(telling, each) for each in part]
        case _:
            return part


def _jsonable(part: Any) -> Any:
    # Days are days to YAML.
    return json.loads(json.dumps(part, default=str))


def _same_each_time(part: Any) -> Any:
    match part:
        case {"previous_hash": _, "hash": _, **more}:
            return {"previous_hash": OTHERWISE["previous_hash"], "hash": HASH, **_same_each_time(more)}
        case dict():
            return {
                name: OTHERWISE[name] if name in OTHERWISE and each is not None else _same_each_time(each)
                for name, each in part.items()
            }
        case list():
            return [_same_each_time(each) for each in part[:ITEMS]]
        case _:
            return part


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        text = written(told(Path(made)))
    EXAMPLES.write_text(text, encoding="utf-8")
    print(f"{len(json.loads(text)['operations'])} operations in {EXAMPLES}")
