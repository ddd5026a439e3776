"""Simulations as the API tells them."""

from collections.abc import Mapping
from typing import Any, Final

from flask import url_for
from marshmallow import Schema, fields, validate

from policy_service.api.fields import InstantField, Name
from policy_service.api.paging import PageAsked, PageQuery
from policy_service.storage.models.jobs import JOB_STATES
from policy_service.storage.models.simulations import SIMULATION_KINDS
from policy_service.storage.simulation_store import Chosen, KeptSimulation

#: The files of results, with their media types.
FORMS: Final = {
    "report.json": "application/json",
    "customers.csv": "text/csv",
    "figures.csv": "text/csv",
    "customers.parquet": "application/vnd.apache.parquet",
    "orders.parquet": "application/vnd.apache.parquet",
    "steps.parquet": "application/vnd.apache.parquet",
    "changes.parquet": "application/vnd.apache.parquet",
    "report.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "report.html": "text/html",
    "report.zh.html": "text/html",
}
_EXAMPLES: Final[Mapping[str, object]] = {
    "text/csv": "customer_id,moved_amount\nC000000001,100000\n",
    "text/html": "<!doctype html>\n",
    FORMS["customers.parquet"]: "PAR1",
    FORMS["report.xlsx"]: "PK",
}
#: How the description tells of them.
FILE_CONTENTS: Final[Mapping[str, Mapping[str, object]]] = {
    form: {"schema": {"type": "string"}, "example": example} for form, example in _EXAMPLES.items()
} | {FORMS["report.json"]: {"schema": {"type": "object"}}}
_HASH: Final = {"example": "ab12" * 16}


class SimulatedPolicy(Schema):
    """A version as it was when the simulation was asked for."""

    policy = fields.String(metadata={"example": "manufacturer_cn"})
    version = fields.Integer(allow_none=True, metadata={"example": 2})
    sha256 = fields.String(allow_none=True, metadata={"description": "Of its text.", **_HASH})


class StepBody(Schema):
    """How far it is."""

    step = fields.String(metadata={"description": "Empty before it began.", "example": "replaying"})
    done = fields.Integer(metadata={"description": "Customers, orders or runs.", "example": 800})
    total = fields.Integer(metadata={"description": "0 before it is known.", "example": 2000})


class ResultFile(Schema):
    """A file of the result."""

    name = fields.String(validate=validate.OneOf(sorted(FORMS)), metadata={"example": "report.json"})
    href = fields.String(metadata={"example": "/v1/simulations/5f1d7a84db00d2fce00b31a7fc73224f/report.json"})
    bytes = fields.Integer(metadata={"example": 48213})
    sha256 = fields.String(metadata=_HASH)


class SimulationBody(Schema):
    """A simulation, a sweep or a search."""

    job_id = fields.String(metadata={"example": "5f1d7a84db00d2fce00b31a7fc73224f"})
    kind = fields.String(validate=validate.OneOf(SIMULATION_KINDS), metadata={"example": "simulation"})
    state = fields.String(validate=validate.OneOf(JOB_STATES), metadata={"example": "done"})
    person = fields.String(metadata={"example": "m.li"})
    asked_at = InstantField()
    request = fields.Dict(keys=fields.String(), metadata={"description": "As it was asked."})
    candidate = fields.Nested(SimulatedPolicy)
    baseline = fields.Nested(SimulatedPolicy, allow_none=True, metadata={"description": "null: recorded practice."})
    progress = fields.Nested(StepBody)
    is_cancel_asked = fields.Boolean()
    error = fields.String(metadata={"description": "What it failed of; empty: nothing."})
    finished_at = InstantField(allow_none=True)
    key = fields.String(
        allow_none=True, metadata={"description": "What the run is known by: the same key, the same figures.", **_HASH}
    )
    ledger_hash = fields.String(allow_none=True, metadata=_HASH)
    ledger_at = InstantField(allow_none=True, metadata={"description": "When the ledger was that."})
    files = fields.List(
        fields.Nested(ResultFile), metadata={"description": "Empty before it is done, and after they expired."}
    )
    expires_at = InstantField(allow_none=True, metadata={"description": "Then the files are removed."})


class SimulationPage(Schema):
    """Some of them, the newest first."""

    items = fields.List(fields.Nested(SimulationBody))
    next_cursor = fields.String(allow_none=True)


class SimulationsQuery(PageQuery):
    """Which are asked for."""

    kind = fields.String(load_default="", validate=validate.OneOf(("", *SIMULATION_KINDS)))
    state = fields.String(load_default="", validate=validate.OneOf(("", *JOB_STATES)), metadata={"example": "done"})
    person = Name(200, least=0, load_default="", metadata={"description": "Who asked.", "example": "m.li"})
    policy = Name(60, least=0, load_default="", metadata={"description": "Of the candidate.", "example": "house"})


class SimulationsAsked(PageAsked, total=False):
    """A validated question for them."""

    kind: str
    state: str
    person: str
    policy: str


def chosen(asked: SimulationsAsked) -> Chosen:
    """Return which are asked for."""
    return Chosen(asked["kind"], asked["state"], asked["person"], asked["policy"])


def simulation_body(kept: KeptSimulation) -> dict[str, Any]:
    """Return a simulation."""
    own = ("job_id", "kind", "state", "person", "asked_at", "request", "is_cancel_asked", "error")
    of_result = ("finished_at", "ledger_hash", "ledger_at", "expires_at")
    return {
        **{name: getattr(kept, name) for name in (*own, *of_result)},
        "key": kept.run_key,
        "candidate": _policy(kept.candidate_policy, kept.candidate_number, kept.candidate_sha256),
        "baseline": _policy(kept.baseline_policy, kept.baseline_number, kept.baseline_sha256),
        "progress": {"step": kept.step, "done": kept.step_done, "total": kept.step_total},
        "files": [
            {"name": file.name, "href": address(kept.job_id, file.name), "bytes": file.bytes, "sha256": file.sha256}
            for file in kept.files
        ],
    }


def address(job_id: str, file: str) -> str:
    """Return where a file of a result can be had."""
    return url_for("simulations.ResultFileView", job_id=job_id, file=file)


def _policy(policy: str | None, version: int | None, sha256: str | None) -> dict[str, Any] | None:
    return None if policy is None else {"policy": policy, "version": version, "sha256": sha256}
