"""Pages of the rows behind a figure: chosen, sorted and added up without reading more columns than that takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from simulations.ledger_snapshot.columns import Column

#: Whether a text is chosen; none is what is said of nothing.
Chosen: TypeAlias = Callable[[str | None], bool]
Marks: TypeAlias = npt.NDArray[np.bool_]
_NOTHING: Final = -1


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of a table: those chosen by every condition on a column of texts, sorted by a column.

    `place` is how many stand before the page: the files of a result never change, so that it names the same row at
    every reading. `differs` names two columns that must not say the same, `only` one of numbers that must not be 0,
    `less` one that is taken off the one that is sorted by; `in_any` names columns of which one at least must fit.
    """

    conditions: Mapping[str, Chosen]
    sort: str
    is_descending: bool = True
    place: int = 0
    most: int = 50
    differs: tuple[str, str] | None = None
    only: str = ""
    less: str = ""
    in_any: tuple[tuple[str, ...], Chosen] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows by column, how many were chosen in all, and what the columns asked for come to over all of these."""

    rows: Sequence[Mapping[str, Any]]
    chosen: int
    sums: Mapping[str, int]


def equals(text: str) -> Chosen:
    """Return the condition that a text is that one."""
    return lambda found: found == text


def begins(text: str) -> Chosen:
    """Return the condition that a text begins so."""
    return lambda found: found is not None and found.startswith(text)


def contains(text: str) -> Chosen:
    """Return the condition that a text contains that one, in capitals or not."""
    wanted = text.casefold()
    return lambda found: found is not None and wanted in found.casefold()


def one_of(*texts: str | None) -> Chosen:
    """Return the condition that a text is one of those; none stands for nothing."""
    return lambda found: found in texts


def page_of(file: Path, asked: Asked, summed: Sequence[str] = ()) -> Page:
    """Return the page that is asked for; OSError if the file is gone."""
    with _opened(file) as opened:
        places = _chosen(opened, asked)
        sums = {name: int(_column(opened, name)[places].sum()) for name in summed}
        in_order = places[_order(opened, asked, places)]
        return Page(_rows(opened, in_order[asked.place : asked.place + asked.most]), len(places), sums)


def rows_of(file: Path, asked: Asked) -> Sequence[Mapping[str, Any]]:
    """Return every row that is chosen, sorted; OSError if the file is gone."""
    with _opened(file) as opened:
        places = _chosen(opened, asked)
        return _rows(opened, places[_order(opened, asked, places)])


def values_of(file: Path, column: str) -> Sequence[str]:
    """Return the texts that a column holds, sorted; OSError if the file is gone."""
    with _opened(file) as opened:
        return sorted(text for text in _texts(opened, column)[0] if text is not None)


def _opened(file: Path) -> pq.ParquetFile:
    # Texts repeat: as places in a dictionary they are read and compared at a fraction of the cost.
    schema = pq.read_schema(file)
    return pq.ParquetFile(file, read_dictionary=[one.name for one in schema if pa.types.is_string(one.type)])


def _chosen(file: pq.ParquetFile, asked: Asked) -> Column:
    is_chosen = np.ones(file.metadata.num_rows, dtype=bool)
    for name, condition in asked.conditions.items():
        is_chosen &= _fits(file, name, condition)
    if asked.in_any is not None:
        names, condition = asked.in_any
        is_chosen &= np.any([_fits(file, name, condition) for name in names], axis=0)
    if asked.differs is not None:
        is_chosen &= _differ(*(_texts(file, name) for name in asked.differs))
    if asked.only:
        is_chosen &= _column(file, asked.only) != 0
    places: Column = np.flatnonzero(is_chosen)
    return places


def _fits(file: pq.ParquetFile, name: str, condition: Chosen) -> Marks:
    texts, which = _texts(file, name)
    fits: Marks = np.array([*(condition(text) for text in texts), condition(None)], dtype=bool)[which]
    return fits


def _differ(old: tuple[Sequence[str | None], Column], new: tuple[Sequence[str | None], Column]) -> Marks:
    words = {text: place for place, text in enumerate(dict.fromkeys((*old[0], *new[0])))}
    codes = [np.array([*(words[text] for text in texts), _NOTHING])[which] for texts, which in (old, new)]
    found: Marks = codes[0] != codes[1]
    return found


def _order(file: pq.ParquetFile, asked: Asked, places: Column) -> Column:
    if pa.types.is_dictionary(file.schema_arrow.field(asked.sort).type):
        texts, which = _texts(file, asked.sort)
        ranks = np.argsort(np.argsort(np.array([text or "" for text in texts], dtype=object), kind="stable"))
        keys = np.append(ranks, _NOTHING)[which][places]
    else:
        keys = _column(file, asked.sort)[places]
        keys = keys - _column(file, asked.less)[places] if asked.less else keys
    order: Column = np.argsort(-keys if asked.is_descending else keys, kind="stable")
    return order


def _texts(file: pq.ParquetFile, name: str) -> tuple[Sequence[str | None], Column]:
    column = file.read(columns=[name]).column(name).unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        # Of no rows at all.
        return [], np.zeros(0, dtype=np.int64)
    which: Column = column.indices.fill_null(_NOTHING).to_numpy(zero_copy_only=False).astype(np.int64)
    return column.dictionary.to_pylist(), which


def _column(file: pq.ParquetFile, name: str) -> Column:
    column = file.read(columns=[name]).column(name)
    found: Column = column.fill_null(0).to_numpy().astype(np.int64)
    return found


def _rows(file: pq.ParquetFile, places: Column) -> Sequence[Mapping[str, Any]]:
    # Only those parts of the file are read in which a row of the page stands.
    sizes = [file.metadata.row_group(part).num_rows for part in range(file.metadata.num_row_groups)]
    edges = np.concatenate([[0], np.cumsum(sizes)])
    part_of = np.searchsorted(edges, places, side="right") - 1
    found: dict[int, Mapping[str, Any]] = {}
    for part in np.unique(part_of).tolist():
        wanted = places[part_of == part]
        table = file.read_row_group(part).take(pa.array(wanted - edges[part]))
        found |= zip(wanted.tolist(), table.to_pylist(), strict=True)
    return [found[place] for place in places.tolist()]
