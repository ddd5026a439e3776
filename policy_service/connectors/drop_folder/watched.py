"""Which files of a drop folder are which object, as the settings of a connection say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Final

from policy_service.connectors.errors import ConnectorError

#: What may stand between the cells of a text file, by its name.
DELIMITERS: Final[Mapping[str, str]] = MappingProxyType({"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"})
#: What a file may end in.
ENDINGS: Final = (".csv", ".txt", ".tsv", ".xlsx")
_MOST: Final = 50
_LONGEST: Final = 200
#: Of files that are still being written, as browsers, copying programs and offices name them.
_UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".filepart")


@dataclass(frozen=True, slots=True)
class Watched:
    """An object: the files whose names fit `pattern`, the column that tells rows apart, and what is between cells."""

    object_name: str
    pattern: str
    key: str
    delimiter: str = ","

    def fits(self, name: str) -> bool:
        """Return whether a file of that name holds rows of the object; hidden and unfinished files never do."""
        is_readable = name.endswith(ENDINGS) and not name.startswith((".", "~"))
        return is_readable and not name.endswith(_UNFINISHED) and fnmatchcase(name, self.pattern)


def read_watched(text: str) -> tuple[Watched, ...]:
    """Return what a text names, one object on each line: `invoices = AR_*.csv | Invoice number | semicolon`.

    The delimiter may be left out: a comma then. ConnectorError X130 for a line that cannot be read.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = tuple(_read_line(line) for line in lines[:_MOST])
    names = [watched.object_name for watched in found]
    if not found or len(lines) > _MOST or len(set(names)) < len(names):
        raise _no_line("there are none, too many, or two of one name")
    return found


def _read_line(line: str) -> Watched:
    name, _, rest = line.partition("=")
    parts = [part.strip() for part in rest.split("|")]
    object_name, (pattern, key, delimiter) = name.strip(), (*parts, "", "", "")[:3]
    if not object_name.isidentifier() or len(line) > _LONGEST or len(parts) > len(("pattern", "key", "delimiter")):
        raise _no_line(f'"{line[:_LONGEST]}"')
    if not key or not pattern.endswith(ENDINGS) or "/" in pattern or "\\" in pattern:
        raise _no_line(f'"{line}"')
    if delimiter and delimiter not in DELIMITERS:
        raise _no_line(f'"{delimiter}" is no delimiter')
    return Watched(object_name, pattern, key, DELIMITERS[delimiter or "comma"])


def _no_line(found: str) -> ConnectorError:
    return ConnectorError(
        "X130",
        f"The files of the drop folder cannot be read from the settings: {found}.",
        remedy="Write one line for each kind of file, such as: invoices = AR_*.csv | Invoice number | semicolon",
    )
