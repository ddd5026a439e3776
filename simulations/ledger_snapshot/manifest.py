"""The manifest of a snapshot's folder: what it is of, and what every file of it must be. It is written last."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from policy_service.domain.values import Currency
from simulations.ledger_snapshot.content import FORMAT, content_hash_of
from simulations.ledger_snapshot.errors import no_snapshot, of_other_format

MANIFEST: Final = "manifest.json"
_WHAT: Final = "a ledger snapshot of the credit policy service"


@dataclass(frozen=True, slots=True)
class FileOfSnapshot:
    """How many bytes and rows a file has."""

    bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the folder says of itself; `digests` are those of every column and list of texts.

    `hash` is that of what the files hold. `known_as` is there if the snapshot goes by another one: that of a ledger
    under stress names the recorded ledger and the stress.
    """

    currency: Currency
    hash: str
    has_orders_file: bool
    quarantined: int
    files: Mapping[str, FileOfSnapshot]
    digests: Mapping[str, str]
    known_as: str | None = None

    @property
    def hash_of_snapshot(self) -> str:
        """The hash that the snapshot goes by."""
        return self.known_as or self.hash


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into the folder."""
    said = {"what": _WHAT, "format": FORMAT, **asdict(manifest)}
    (folder / MANIFEST).write_text(json.dumps(said, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the folder.

    SnapshotError S302 if there is none, or it contradicts itself; S303 if this version reads another format.
    """
    name = f"{folder.name}/{MANIFEST}"
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if said["what"] != _WHAT:
            raise no_snapshot(name, "This is the manifest of something else than a snapshot.")
        if said["format"] != FORMAT:
            raise of_other_format(name, said["format"])
        manifest = _manifest(said)
    except OSError as error:
        raise no_snapshot(name, f"A snapshot has a manifest; it cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise no_snapshot(name, "The manifest is damaged.") from error
    if manifest.hash != content_hash_of(manifest.currency, manifest.has_orders_file, manifest.digests):
        raise no_snapshot(name, "The manifest is damaged: its hash is not that of what it lists.")
    return manifest


def _manifest(said: Mapping[str, Any]) -> Manifest:
    return Manifest(
        Currency(str(said["currency"]["code"]), int(said["currency"]["decimals"])),
        str(said["hash"]),
        bool(said["has_orders_file"]),
        int(said["quarantined"]),
        {str(name): FileOfSnapshot(int(one["bytes"]), int(one["rows"])) for name, one in said["files"].items()},
        {str(name): str(digest) for name, digest in said["digests"].items()},
        # Folders of before have none: then no ledger under stress was ever written.
        None if said.get("known_as") is None else str(said["known_as"]),
    )
