"""The result of a finished simulation read back: its files, its report, and the policies that were compared."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policy_service.settings import Settings
from policy_service.storage.simulation_store import KeptSimulation
from simulations.jobs.errors import no_file, no_result
from simulations.stored.results import file_of

if TYPE_CHECKING:
    from simulations.report.page.subject import Subject


def result_file(settings: Settings, kept: KeptSimulation, name: str) -> Path:
    """Return where a file of a result lies, whole as it was written.

    RequestError R552 for a simulation that is not done, R551 for a file that it does not have, or has no more.
    """
    if kept.finished_at is None:
        raise no_result(kept.job_id, kept.state)
    named = next((one for one in kept.files if one.name == name), None)
    path = file_of(settings, kept.job_id, named) if named else None
    if path is None:
        raise no_file(kept.job_id, name[:60], ", ".join(one.name for one in kept.files))
    return path.resolve()


def stored_report(settings: Settings, kept: KeptSimulation) -> dict[str, Any]:
    """Return the report of a finished simulation, sweep or search; the errors of `result_file`."""
    found: dict[str, Any] = json.loads(result_file(settings, kept, "report.json").read_bytes())
    return found


def stored_subject(settings: Settings, kept: KeptSimulation, candidate: str, baseline: str | None) -> "Subject":
    """Return what the page of a finished simulation tells of; the texts are those of its policies.

    The errors of `result_file`.
    """
    # What pages stand on takes a second to load.
    from policy_service.language.printing.canonical import from_canonical  # noqa: PLC0415
    from simulations.behind.columns import CHANGES  # noqa: PLC0415
    from simulations.behind.reading import Asked, page_of  # noqa: PLC0415
    from simulations.comparison.comparison import Side  # noqa: PLC0415
    from simulations.comparison.run_key import PolicyRun  # noqa: PLC0415
    from simulations.report.page.subject import Subject  # noqa: PLC0415

    report = stored_report(settings, kept)
    changed = page_of(
        result_file(settings, kept, CHANGES), Asked({"why_date": lambda day: day is not None}, "moved_amount", most=0)
    )
    sides = []
    for name, text in (("baseline", baseline), ("candidate", candidate)):
        told = report["run"]["policies"][name]
        run = PolicyRun(told["policy"], told["hash"] or "", told["parameters"])
        sides.append(Side(run, None if text is None else from_canonical(text)))
    return Subject(report, sides[0], sides[1], changed.chosen)
