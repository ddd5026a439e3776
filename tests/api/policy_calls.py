"""What the tests of policies over HTTP send, and what must come back."""

from typing import Any

from werkzeug.test import TestResponse

from policy_service.domain.permissions import Role
from tests.api.house import Client
from tests.services.house import FACTS, REASONS, RULE_SETS

POLICIES = "/v1/policies"
HOUSE = f"{POLICIES}/house"

#: Lets orders go up to ten times the limit.
GENEROUS = RULE_SETS["order_check"].replace('"> credit_limit"', '"> credit_limit * 10"')


def files(limit: int = 6000, **changed: str) -> dict[str, str]:
    """Return the files of the small policy, with that limit of grade A."""
    texts = {"facts": FACTS, "reasons": REASONS, **RULE_SETS}
    texts["standing"] = texts["standing"].replace("credit_limit: 5000", f"credit_limit: {limit}")
    return {f"{name}.yaml": text for name, text in (texts | changed).items()}


def body_of(answer: TestResponse, status: int = 200) -> dict[str, Any]:
    """Return the body of an answer that must have this status."""
    assert status == answer.status_code, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def at(version: dict[str, Any]) -> str:
    """Return the address of a version."""
    return f"{POLICIES}/{version['policy_id']}/versions/{version['number']}"


def if_match(version: dict[str, Any]) -> dict[str, str]:
    """Return the header that names the version's revision."""
    return {"If-Match": f'"{version["revision"]}"'}


def drafted(client: Client, limit: int = 6000, **changed: str) -> dict[str, Any]:
    """Return a draft that an analyst makes."""
    return body_of(client.of(Role.ANALYST).post(f"{HOUSE}/versions", json={"files": files(limit, **changed)}), 201)


def submitted(client: Client, draft: dict[str, Any]) -> dict[str, Any]:
    """Return the draft handed in by a credit manager."""
    handed_in = client.of(Role.CREDIT_MANAGER).post(
        f"{at(draft)}/submission", json={"note": "ready"}, headers=if_match(draft)
    )
    return body_of(handed_in)


def approved(client: Client, version: dict[str, Any]) -> dict[str, Any]:
    """Return the version approved by an approver."""
    said = {"sha256": version["sha256"]}
    return body_of(client.of(Role.APPROVER).post(f"{at(version)}/approvals", json=said))


def ready(client: Client, limit: int = 6000, **changed: str) -> dict[str, Any]:
    """Return a version that three people brought to approval."""
    return approved(client, submitted(client, drafted(client, limit, **changed)))


def step(client: Client, version: dict[str, Any], word: str, role: Role = Role.CREDIT_MANAGER, **said: object) -> Any:
    """Return the answer to a step that somebody of that role takes."""
    return client.of(role).post(f"{at(version)}/{word}", json=said)
