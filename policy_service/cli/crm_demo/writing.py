"""Decisions written back to a stand-in, by the services that `policy push` calls, once a second person has looked."""

from dataclasses import dataclass

from policy_service.cli import output
from policy_service.cli.crm_demo.company import CHECKER, INTEGRATOR, Company
from policy_service.cli.crm_demo.stand_ins import StandIn
from policy_service.running import process_name
from policy_service.services.connections import setting_up
from policy_service.services.connections import writing_back_looking as looking
from policy_service.services.connections.writing_back_switch import look_at
from policy_service.storage.push_store import StoredPush


@dataclass(frozen=True, slots=True)
class DryRun:
    """A dry run, and the first fields and subjects of tasks that it would write."""

    run: StoredPush
    fields: tuple[looking.FieldWrite, ...]
    subjects: tuple[str, ...]


def plan(company: Company, stand_in: StandIn, title: str) -> DryRun:
    """Make a dry run, which writes nothing, and return it."""
    house, name, actor = company.house, stand_in.system.value, company.actor(INTEGRATOR)
    run = _push(company, stand_in, title, is_dry=True)
    with house.database.reading() as session:
        act = company.act(INTEGRATOR)
        fields = looking.planned_writes(house, session, name, actor, act).writes
        tasks = looking.planned_case_tasks(house, session, name, actor, act)
    return DryRun(run, fields, tuple(one.task.subject for one in tasks))


def switch_on(company: Company, stand_in: StandIn, dry_run: DryRun) -> None:
    """Let another person look at the dry run, who is content with it, and switch the write-back on."""
    house, name, actor = company.house, stand_in.system.value, company.actor(CHECKER)
    with house.database.writing() as session:
        look_at(house, session, dry_run.run.push_id, actor, company.act(CHECKER))
        changes = setting_up.Changes(writes_back=True)
        setting_up.change(house, session, name, changes, actor, company.act(CHECKER))


def write(company: Company, stand_in: StandIn, title: str) -> StoredPush:
    """Write back what is other than it should be."""
    return _push(company, stand_in, title, is_dry=False)


def _push(company: Company, stand_in: StandIn, title: str, *, is_dry: bool) -> StoredPush:
    with output.progress(title) as advance:
        return looking.push_now(
            company.house,
            stand_in.system.value,
            company.actor(INTEGRATOR),
            company.act(INTEGRATOR),
            process_name(),
            advance,
            is_dry=is_dry,
        )
