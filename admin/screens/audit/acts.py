"""What the audit trail says of acts, of what they were upon, and of broken chains, as people read it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask_babel import LazyString, lazy_gettext

from admin.wording import word_said
from policy_service.storage.broken_chains import Break

#: Acts by the words they are stored under; the steps of orders are stored under their causes.
ACTS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "signed_in": lazy_gettext("signed in"),
        "signed_out": lazy_gettext("signed out"),
        "locked_out": lazy_gettext("locked out after wrong passwords"),
        "gave_password": lazy_gettext("gave a one-time password"),
        "agreed_to_password": lazy_gettext("agreed to a one-time password"),
        "changed_password": lazy_gettext("changed the password"),
        "added": lazy_gettext("added"),
        "changed": lazy_gettext("changed"),
        "created": lazy_gettext("made"),
        "deleted": lazy_gettext("taken away"),
        "proposed": lazy_gettext("put forward"),
        "agreed": lazy_gettext("agreed as the second person"),
        "granted": lazy_gettext("granted"),
        "withdrawn": lazy_gettext("withdrawn"),
        "founded": lazy_gettext("granted at the founding"),
        "rescued": lazy_gettext("granted on one person's word"),
        "revoked": lazy_gettext("revoked"),
        "rotated": lazy_gettext("rotated"),
        "secret_rotated": lazy_gettext("given another secret"),
        "tested": lazy_gettext("tried out"),
        "redelivered": lazy_gettext("sent again"),
        "switched_off": lazy_gettext("switched off by the service"),
        "kept": lazy_gettext("kept"),
        "imported": lazy_gettext("imported"),
        "pushed": lazy_gettext("sent entries"),
        "connected": lazy_gettext("connected"),
        "checked": lazy_gettext("signed in to try it"),
        "pull_asked": lazy_gettext("asked for a pull"),
        "push_asked": lazy_gettext("asked for a write-back"),
        "dry_run_looked_at": lazy_gettext("looked at a dry run of the write-back"),
        "written_back": lazy_gettext("written back into another system"),
        "cases_handed_over": lazy_gettext("cases handed over to another system"),
        "notices_begun": lazy_gettext("had notices of changes begun"),
        "notices_ended": lazy_gettext("had notices of changes ended"),
        "called_back": lazy_gettext("was told that the app was let in or out"),
        "seeded": lazy_gettext("shipped with the service"),
        "drafted": lazy_gettext("drafted"),
        "edited": lazy_gettext("edited"),
        "commented": lazy_gettext("commented"),
        "submitted": lazy_gettext("submitted"),
        "approval": lazy_gettext("approved as one of several"),
        "approved": lazy_gettext("approved"),
        "changes_requested": lazy_gettext("asked for changes"),
        "rejected": lazy_gettext("rejected"),
        "scheduled": lazy_gettext("scheduled"),
        "unscheduled": lazy_gettext("taken off the schedule"),
        "activated": lazy_gettext("put in force"),
        "retired": lazy_gettext("retired"),
        "rolled_back": lazy_gettext("rolled back"),
        "standing_proposed": lazy_gettext("proposed a standing"),
        "standing_in_force": lazy_gettext("put a standing in force"),
        "standing_rejected": lazy_gettext("rejected a standing"),
        "review_referred": lazy_gettext("referred a review"),
        "override_ended": lazy_gettext("ended an override"),
        "override_given": lazy_gettext("gave an override"),
        "override_confirmed": lazy_gettext("confirmed an override"),
        "override_rejected": lazy_gettext("rejected an override"),
        "override_withdrawn": lazy_gettext("withdrew an override"),
        "step_proposed": lazy_gettext("proposed a collection step"),
        "step_approved": lazy_gettext("approved a collection step"),
        "step_refused": lazy_gettext("refused a collection step"),
        "effects_begun": lazy_gettext("began effects upon the customer"),
        "effects_ended": lazy_gettext("ended effects upon the customer"),
        "case_opened": lazy_gettext("opened a case"),
        "case_climbed": lazy_gettext("a case climbed"),
        "case_note": lazy_gettext("noted something on a case"),
        "case_contact": lazy_gettext("noted a contact"),
        "case_promise": lazy_gettext("noted a promise"),
        "case_dispute": lazy_gettext("noted a dispute"),
        "case_assignment": lazy_gettext("assigned a case"),
        "case_deadline": lazy_gettext("moved a deadline"),
        "case_closed": lazy_gettext("closed a case"),
        "day_run": lazy_gettext("ran the day"),
        "asked": lazy_gettext("asked for a simulation"),
        "job_cancelled": lazy_gettext("cancelled a job"),
        "doubted": lazy_gettext("put an order in doubt"),
    }
)
#: What acts are upon, by the words they are stored under.
SUBJECTS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "person": lazy_gettext("person"),
        "role": lazy_gettext("role of a person"),
        "key": lazy_gettext("API key"),
        "setting": lazy_gettext("setting"),
        "webhook": lazy_gettext("webhook"),
        "job": lazy_gettext("job"),
        "import": lazy_gettext("import"),
        "mapping": lazy_gettext("column mapping"),
        "connection": lazy_gettext("connection to another system"),
        "connection_mapping": lazy_gettext("mapping of a connection"),
        "ledger": lazy_gettext("posting to the ledger"),
        "policy_version": lazy_gettext("version of a policy"),
        "customer": lazy_gettext("customer"),
        "standing": lazy_gettext("standing"),
        "override": lazy_gettext("override"),
        "order": lazy_gettext("order"),
        "case": lazy_gettext("collection case"),
        "day": lazy_gettext("day"),
        "simulation": lazy_gettext("simulation"),
    }
)
#: What is wrong with a chain.
BREAKS: Final[Mapping[Break, LazyString]] = MappingProxyType(
    {
        Break.ALTERED: lazy_gettext("the record is not what was written"),
        Break.UNREADABLE: lazy_gettext("the record cannot be read"),
        Break.MISSING: lazy_gettext("records were taken out"),
        Break.MISPLACED: lazy_gettext("the record does not follow the one before it"),
        Break.TRUNCATED: lazy_gettext("records were taken off the end"),
        Break.OTHER_HEAD: lazy_gettext("the end of the chain is another"),
        Break.SEAL_FORGED: lazy_gettext("the seal was made with another key"),
        Break.SEAL_TAKEN_OUT: lazy_gettext("a seal was taken out"),
        Break.SEAL_CONTRADICTED: lazy_gettext("the chain was written anew after it was sealed"),
    }
)


def act_said(word: str) -> str:
    """Return an act as people read it."""
    return str(ACTS[word]) if word in ACTS else word_said(word)
