"""Chunks that are finished, kept in a folder until the run has ended: a run that was killed goes on from them."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from policy_service.domain.errors import RequestError
from simulations.ledger_snapshot.partitions import CustomerRange
from simulations.runs.chunks import ChunkResult, ChunkWork
from simulations.runs.errors import checkpoint_not_written
from simulations.runs.whole_files import write_whole

#: Another number for another form of `ChunkResult`.
_FORM: Final = 3
_DIGEST: Final = sha256().digest_size
_NUMBERS: Final = ("<i8", "<u8")


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The finished chunks of one run, in a folder of the run's own."""

    folder: Path
    work: ChunkWork

    def begin(self) -> None:
        """Make the folder; RequestError R525 if it cannot be made."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise checkpoint_not_written(self.folder.name, error.strerror or str(error)) from error

    def found(self, customers: CustomerRange) -> ChunkResult | None:
        """Return what was kept of a chunk; None if nothing was, or not all of it is as it was written."""
        try:
            kept = self._file(customers).read_bytes()
        except OSError:
            return None
        digest, body = kept[:_DIGEST], kept[_DIGEST:]
        if digest != self._digest(customers, body):
            return None
        try:
            return msgspec.msgpack.decode(body, type=ChunkResult, dec_hook=_read_array)
        except (msgspec.DecodeError, ValueError):
            return None

    def keep(self, customers: CustomerRange, result: ChunkResult) -> None:
        """Write the result of a chunk, whole or not at all; RequestError R525 if it cannot be written."""
        body = msgspec.msgpack.encode(result, enc_hook=_written_array, order="deterministic")
        digest = self._digest(customers, body)
        # The same run may be under way twice, and the other one have ended.
        self.begin()
        try:
            write_whole({self._file(customers): _writing(digest + body)})
        except RequestError as error:
            raise checkpoint_not_written(self.folder.name, error.message) from error

    def remove(self) -> None:
        """Remove all of the run: it has ended."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _file(self, customers: CustomerRange) -> Path:
        return self.folder / f"customers-{customers.first}-{customers.end}.chunk"

    def _digest(self, customers: CustomerRange, body: bytes) -> bytes:
        # A chunk of another run, or of other customers, is none of this one.
        asked = self.work.question
        told: Mapping[str, Any] = {
            "form": _FORM,
            "run": asked.key,
            "draws": asked.draws,
            "customers": list(customers),
            "of": self.work.customers,
        }
        return sha256(msgspec.json.encode(told) + b"\n" + body).digest()


def checkpoints_in(folder: Path, work: ChunkWork) -> Checkpoints:
    """Return the checkpoints of that run in a folder that others may share: in one by the name of the run's key."""
    return Checkpoints(folder / work.question.key, work)


def _writing(content: bytes) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        file.write_bytes(content)

    return write


def _written_array(array: Any) -> tuple[str, tuple[int, ...], bytes]:
    if not isinstance(array, np.ndarray):
        raise TypeError(f"A checkpoint holds numbers and arrays of them, no {type(array).__name__}.")
    return array.dtype.newbyteorder("<").str, array.shape, array.astype(array.dtype.newbyteorder("<")).tobytes()


def _read_array(_: Any, written: Any) -> npt.NDArray[Any]:
    kind, shape, content = written
    if kind not in _NUMBERS:
        raise ValueError(f"Numbers of kind {kind} are not kept.")
    return np.frombuffer(content, dtype=kind).reshape(shape)
