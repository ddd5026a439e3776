"""Whether a workbook or a Parquet file fits into memory, tried in a child process that may crash.

A file of a kilobyte can name a cell a million rows down, or repeat one text a billion times. Its reader then asks for
memory that is not there, and takes the process with it. Run as a module this is that child: it ends with 0 if the
file can be read, and also if its reader refuses it in good order.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

#: Of address space, libraries included; a full sheet of fifty columns takes half of it.
_BYTES_ALLOWED: Final = 4 << 30
#: Of rows of a Parquet file that are held at a time.
_BYTES_AT_A_TIME: Final = 256 << 20
#: Of one Parquet file.
_MOST_ROWS: Final = 50_000_000
_SECONDS_ALLOWED: Final = 300.0


def fits_workbook(path: Path, sheet_name: str) -> bool:
    """Return whether the sheet can be held in memory."""
    return _is_read("workbook", path, sheet_name)


def fits_parquet(path: Path, rows_at_a_time: int) -> bool:
    """Return whether so many rows at a time can be held in memory, up to the last."""
    return _is_read("parquet", path, str(rows_at_a_time))


def _is_read(kind: str, path: Path, detail: str) -> bool:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    command = [sys.executable, "-m", "policy_service.ledger.trial", kind, str(path), detail]
    try:
        child = subprocess.run(command, env=environment, capture_output=True, timeout=_SECONDS_ALLOWED, check=False)
    except subprocess.TimeoutExpired:
        return False
    return child.returncode == 0


def main() -> None:
    """Read what the arguments name, within the memory allowed."""
    kind, path, detail = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES_ALLOWED, _BYTES_ALLOWED))
    if kind == "workbook":
        _read_workbook(path, detail)
    else:
        _read_parquet(path, int(detail))


# Each imports its own library: starting the child is most of what it costs.
def _read_workbook(path: str, sheet_name: str) -> None:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            names = workbook.sheet_names
            if names:
                workbook.get_sheet_by_name(sheet_name if sheet_name in names else names[0])
    except (CalamineError, OSError, ValueError):
        return


def _read_parquet(path: str, rows_at_a_time: int) -> None:
    import pyarrow  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    try:
        with parquet.ParquetFile(path) as file:
            if file.metadata.num_rows > _MOST_ROWS:
                raise MemoryError
            for batch in file.iter_batches(batch_size=rows_at_a_time):
                columns = [one.dictionary_decode() if hasattr(one, "dictionary") else one for one in batch.columns]
                if sum(column.nbytes for column in columns) > _BYTES_AT_A_TIME:
                    raise MemoryError
    except pyarrow.ArrowMemoryError as error:
        raise MemoryError from error
    except (pyarrow.ArrowException, OSError, ValueError):
        return


if __name__ == "__main__":
    main()
