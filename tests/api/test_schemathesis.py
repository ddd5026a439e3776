"""Whatever is sent to whichever endpoint, it answers as its description says, and never fails.

What lies on, within and beyond every bound of a schema is sent, and some more by chance, from a fixed seed. In the
normal suite a few for each operation, with `--all` many, and operations one after another on what others made.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from flask import Flask
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.generation.case import Case
from schemathesis.schemas import BaseSchema
from schemathesis.transport.wsgi import WSGITransport

from policy_service.domain.permissions import Role
from tests.api.house import store_key, store_person
from tests.api.over_sqlite import furnished_house
from tests.api.test_authorisation import GUARDED
from tests.api.whole import whole_app

FEW: Final = 1
MANY: Final = 60
SEED: Final = 20_260_301
ALL: Final = "omni"
#: The first words of addresses: a test for each, so that they are done side by side.
GROUPS: Final = sorted({endpoint.split("/")[2] for endpoint in GUARDED} | {"connections"})
#: The key that the description gives as example; no two requests may have it.
EXAMPLE_KEY: Final = "4711-1"
REFUSED: Final = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429"]
#: What a schema cannot say may be refused all the same: a day that is over, a customer that there is not.
UNDERSTOOD: Final = ["2xx", "400", "401", "403", "404", "409", "412", "413", "422", "429"]
#: The codes of a request that does not fit the schema, or that cannot be read.
MISFITS: Final = frozenset({"R422", "H400", "H415"})
#: In a stream each line is answered, wrong ones too; and GET /v1/decisions/batch would be a decision of that id.
OF_STREAM: Final = {
    "include-path": "/v1/decisions/batch",
    "checks": {"negative_data_rejection": {"enabled": False}, "allow_header_conformance": {"enabled": False}},
}


@schemathesis.check
def what_fits_its_schema_is_not_refused_as_misfit(_context: CheckContext, response: Response, case: Case) -> None:
    """Fail where the schema allows what the service refuses as not fitting it."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 415, 422):
        return
    problem = response.json()
    if "Not a valid integer." in str(problem.get("errors")):
        # JSON Schema takes 1.0 for an integer; the service, and who reads a log, do not.
        return
    # Which fields exclude one another is said in words.
    is_between_fields = any("_schema" in fields for fields in problem.get("errors", {}).values())
    assert problem["code"] not in MISFITS or is_between_fields, problem


@schemathesis.serializer("application/x-ndjson")
def lines(_context: object, value: object) -> bytes:
    """Return a body of lines as it is, and anything else as one line."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


def in_process(app: Flask, key: str) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """Return the application as the tests ask it.

    Each request comes from an address of its own, so that none is refused too often, and nobody takes away the key
    by which all are asked.
    """
    numbers = count(1)

    def answered(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        number = next(numbers)
        path = environ["PATH_INFO"].replace(key.split("_")[1], "nobody").replace(ALL, "nobody")
        changed = {**environ, "REMOTE_ADDR": f"client-{number}", "PATH_INFO": path}
        if environ.get("HTTP_IDEMPOTENCY_KEY") == EXAMPLE_KEY:
            changed["HTTP_IDEMPOTENCY_KEY"] = f"key-{number}"
        return app.wsgi_app(changed, start)

    return answered


def settings_of(key: str) -> Mapping[str, object]:
    return {
        "seed": SEED,
        "workers": 1,
        "continue-on-failure": True,
        "headers": {"Authorization": f"Bearer {key}"},
        "generation": {"no-shrink": True, "database": "none"},
        "phases": {"coverage": {"unexpected-methods": ["PUT", "PATCH", "TRACE"]}},
        "checks": {
            "negative_data_rejection": {"expected-statuses": REFUSED},
            "positive_data_acceptance": {"expected-statuses": UNDERSTOOD},
            "missing_required_header": {"expected-statuses": ["400", "401", "403", "415", "422", "428"]},
        },
        "operations": [OF_STREAM],
    }


@pytest.fixture(scope="module")
def in_process_alone() -> Iterator[None]:
    """Let probes without a key reach the application: they come with settings that only sockets have."""
    send = WSGITransport.send

    def without_sockets(transport: WSGITransport, case: Case, **more: Any) -> Response:
        of_sockets = {"max_redirects", "verify", "cert", "proxies"} if more.get("session") is None else set()
        return send(transport, case, **{name: each for name, each in more.items() if name not in of_sockets})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGITransport, "send", without_sockets)
        yield


@pytest.fixture(scope="module")
def schema(
    tmp_path_factory: pytest.TempPathFactory,
    migrated_file: Path,
    in_process_alone: None,  # as long as the tests run
) -> Iterator[BaseSchema]:
    """Give the description of the application over a house, asked with the key of somebody who may do everything."""
    with furnished_house(migrated_file, tmp_path_factory.mktemp("schemathesis")) as house:
        store_person(house, ALL, *Role)
        key = store_key(house, ALL, requests_per_minute=1_000_000)
        app = in_process(whole_app(house), key)
        config = SchemathesisConfig.from_dict(dict(settings_of(key)))
        yield schemathesis.openapi.from_wsgi("/v1/openapi.json", app, config=config)


def only(schema: BaseSchema, group: str) -> BaseSchema:
    """Return the operations of a group; what `include` names would be added to those of the settings, which are all."""
    return schema.exclude(path_regex=rf"^/v1/(?!{group}(/|$))")


def failures(schema: BaseSchema, examples: int, *phases: str) -> Sequence[str]:
    """Return what was found where the service does not do as it says: the request, the answer, and why."""
    schema.config.generation.update(max_examples=examples)
    for name in ("examples", "coverage", "fuzzing", "stateful"):
        schema.config.phases.get_by_name(name=name).enabled = name in phases
    found: list[str] = []
    asked = 0
    for event in from_schema(schema).execute():
        match event:
            case events.NonFatalError():
                found.append(f"{event.label}: {event.value!r}")
            case events.FatalError():
                found.append(repr(event.exception))
            case events.ScenarioFinished():
                asked += len(event.recorder.interactions)
                found.extend(told(event))
            case _:
                pass
    assert asked
    # Of many, each tells the same; and comparing long lists takes longer than finding them.
    return found[:3]


def told(scenario: events.ScenarioFinished) -> Iterator[str]:
    for case_id, checks in scenario.recorder.checks.items():
        interaction = scenario.recorder.interactions.get(case_id)
        answer = interaction.response if interaction else None
        for failure in (check.failure_info for check in checks if check.failure_info):
            said = f"{answer.status_code} {answer.content[:500]!r}" if answer else "no answer"
            yield f"{scenario.label}: {failure.failure.message}\n{failure.code_sample[:800]}\n{said}"


def test_every_operation_is_in_one_group(schema: BaseSchema) -> None:
    def operations(asked: BaseSchema) -> list[str]:
        return [each.ok().label for each in asked.get_all_operations()]

    assert sorted(operations(schema)) == sorted(one for group in GROUPS for one in operations(only(schema, group)))


@pytest.mark.parametrize("group", GROUPS)
def test_every_endpoint_answers_as_it_is_described(schema: BaseSchema, group: str) -> None:
    assert [] == failures(only(schema, group), FEW, "examples", "coverage", "fuzzing")


@pytest.mark.long
@pytest.mark.parametrize("group", GROUPS)
def test_every_endpoint_answers_very_many_as_it_is_described(schema: BaseSchema, group: str) -> None:
    assert [] == failures(only(schema, group), MANY, "examples", "coverage", "fuzzing")


@pytest.mark.long
def test_one_after_another_they_answer_as_they_are_described(schema: BaseSchema) -> None:
    assert [] == failures(schema, MANY, "stateful")
