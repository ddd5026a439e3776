"""The stand-ins connected and pulled, by the services that `policy connect` and `policy pull` call."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policy_service.cli import output
from policy_service.cli.crm_demo.company import INTEGRATOR, Company
from policy_service.cli.crm_demo.mappings import edited
from policy_service.cli.crm_demo.stand_ins import StandIn
from policy_service.connectors.port import System
from policy_service.running import process_name
from policy_service.services.connections import runs, setting_up
from policy_service.storage.pull_store import StoredPull

#: Nobody else uses the stand-ins: no call is to wait for a share of theirs.
_BOOKS_CALLS_A_MINUTE: Final = "1000"
_FXIAOKE_CALLS_IN_20_SECONDS: Final = "10000"


@dataclass(frozen=True, slots=True)
class Pulled:
    """A pull: the run, how many calls it took, why rows were left out, and why nothing was made of others.

    The codes and reasons are counted; `example` is one row that was left out and what was found of it, "" for none.
    """

    run: StoredPull
    calls: int
    left_out: Mapping[str, int]
    example: tuple[str, str]
    unmapped: Mapping[tuple[str, str], int]

    @property
    def changes(self) -> int:
        """How many entries of the ledger are other than before."""
        return self.run.added + self.run.replaced + self.run.withdrawn


def connect(company: Company, stand_in: StandIn, file: Path) -> str:
    """Store a connection with the mapping for the stand-in, which is left in `file`; return what it reaches."""
    house, name, system = company.house, stand_in.system.value, stand_in.system
    actor = company.actor(INTEGRATOR)
    settings, secrets = _account(stand_in)
    with house.database.writing() as session:
        new = setting_up.NewConnection(name, system, settings, secrets)
        setting_up.connect(house, session, new, actor, company.act(INTEGRATOR))
    reached = setting_up.check(house, name, actor, company.act(INTEGRATOR))
    file.write_text(edited(system, setting_up.shipped_mapping(house, system)), "utf-8")
    with house.database.writing() as session:
        text = file.read_text("utf-8")
        setting_up.keep_connection_mapping(house, session, name, text, actor, company.act(INTEGRATOR))
    return reached


def pull(company: Company, stand_in: StandIn, title: str) -> Pulled:
    """Pull a connection, with a bar of that title, and return what came of it."""
    house, name, actor = company.house, stand_in.system.value, company.actor(INTEGRATOR)
    before = stand_in.calls()
    with output.progress(title) as advance:
        run = runs.pull_now(
            house, name, actor, company.act(INTEGRATOR), process_name(), lambda rows: advance(rows, rows + 1)
        )
    calls = stand_in.calls() - before
    with house.database.reading() as session:
        rejected = runs.rejected_rows(session, run.pull_id, actor, runs.MOST_SHOWN)
        unmapped = runs.unmapped_rows(session, name, actor, runs.MOST_SHOWN)
    example = next(((f"{one.object_name} {one.row_id}", one.found.found) for one in rejected), ("", ""))
    return Pulled(
        run,
        calls,
        Counter(one.found.code for one in rejected),
        example,
        Counter((one.object_name, one.why) for one in unmapped),
    )


def _account(stand_in: StandIn) -> tuple[Mapping[str, str], Mapping[str, str]]:
    said = stand_in.sign_in
    if stand_in.system is System.FXIAOKE:
        settings = {
            "origin": stand_in.origin,
            "app_id": said["appId"],
            "open_user_id": said["currentOpenUserId"],
            "calls_in_20_seconds": _FXIAOKE_CALLS_IN_20_SECONDS,
        }
        return settings, {"app_secret": said["appSecret"], "permanent_code": said["permanentCode"]}
    settings = {"accounts_origin": stand_in.origin, "client_id": said["client_id"]}
    if stand_in.system is System.ZOHO_BOOKS:
        settings |= {"organization_id": said["organization_id"], "calls_a_minute": _BOOKS_CALLS_A_MINUTE}
    return settings, {name: said[name] for name in ("client_secret", "refresh_token")}
