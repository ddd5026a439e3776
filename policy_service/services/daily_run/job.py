"""The run of a day as a job: asked for once, done by whichever worker is free."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import business_day
from policy_service.services.daily_run.days import days_to_run, once_of
from policy_service.services.daily_run.run import run_day
from policy_service.services.house import House
from policy_service.services.running_jobs import RunningJob
from policy_service.storage.job_store import Job, JobStore

#: The kind of the jobs that run a day.
RUN_DAY: Final = "run_day"


def ask_to_run(house: House, session: Session, day: dt.date, act: Act) -> Job:
    """Store the job that runs the day, and return it; the same one however often it is asked for.

    A job that failed or was cancelled goes on where it ended. RequestError R451, R452 or R453 for a day that cannot
    be run.
    """
    days_to_run(session, day, business_day(act.at, house.settings.zone))
    return JobStore(session).add(RUN_DAY, {"day": day.isoformat()}, act, once_of(day))


def run_day_job(house: House, job: RunningJob, act: Act) -> Mapping[str, object]:
    """Do such a job, and return the report of the day."""
    day = dt.date.fromisoformat(job.arguments["day"])
    return run_day(house, day, act, job.progress, job.now).as_plain()
