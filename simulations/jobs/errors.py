"""What keeps a simulation from being begun, or its result from being had."""

from policy_service.domain.errors import RequestError


def too_many(person: str, most: int) -> RequestError:
    """Return the refusal R550 of one more simulation of somebody who has as many under way as one may have."""
    return RequestError(
        "R550",
        f"{person} has {most} simulations waiting or running: that is as many as one person may have.",
        remedy="Wait until one has ended, or cancel one by POST /v1/jobs/{job_id}/cancellation.",
    )


def no_file(job_id: str, file: str, files: str) -> RequestError:
    """Return the refusal R551 of a file that a result does not have, or has no more."""
    return RequestError(
        "R551",
        f"The result of {job_id[:60]} has no file {file}.",
        remedy=f"It has: {files}." if files else "Its files were removed after their time; ask for the same again.",
    )


def no_result(job_id: str, state: str) -> RequestError:
    """Return the refusal R552 of a result that there is not, or not yet."""
    has_hope = state in ("waiting", "running")
    # Somebody's wish is no error: there is none to be read.
    hopeless = "Ask for one anew." if state == "cancelled" else "Its `error` says why; ask for one anew."
    return RequestError(
        "R552",
        f"The simulation {job_id[:60]} is {state}: it has no result{' yet' if has_hope else ''}.",
        remedy="Ask again when it is done." if has_hope else hopeless,
    )
