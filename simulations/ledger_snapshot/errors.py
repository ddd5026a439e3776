"""What can be wrong with a snapshot."""

from policy_service.domain.errors import Place, PolicyServiceError


class SnapshotError(PolicyServiceError):
    """A snapshot that cannot be made, or files that are none."""


def does_not_fit(what: str) -> SnapshotError:
    """Return the error for a number beyond 64 bits."""
    return SnapshotError(
        "S301",
        f"{what[0].upper()}{what[1:]} does not fit into 64 bits.",
        remedy="Look for a number of the ledger that is many digits too long.",
    )


def no_snapshot(file: str, found: str) -> SnapshotError:
    """Return the error for a file that is no part of a snapshot, or a damaged one."""
    return SnapshotError("S302", found, place=Place(file), remedy="Make the snapshot anew, in a folder of its own.")


def of_other_format(file: str, found: object) -> SnapshotError:
    """Return the error for a snapshot that another version of the program made."""
    return SnapshotError(
        "S303",
        f"The snapshot has the format {str(found)[:20]}, which this version does not read.",
        place=Place(file),
        remedy="Make the snapshot anew with this version.",
    )


def not_written(folder: str, found: str) -> SnapshotError:
    """Return the error for files that could not be written; none of them is left."""
    return SnapshotError(
        "S304",
        f"The snapshot cannot be written ({found}); nothing of it is left.",
        place=Place(folder),
        remedy="Free space on the disk, or name another folder.",
    )


def in_the_way(folder: str) -> SnapshotError:
    """Return the error for a folder that holds something else than the snapshot to be written there."""
    return SnapshotError(
        "S305",
        "Something else is there already.",
        place=Place(folder),
        remedy="Name another folder, or delete this one.",
    )
