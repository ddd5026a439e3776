"""What is hashed of a record is canonical JSON, whatever its texts are: chains of earlier versions stay whole."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from policy_service.storage.chains import GENESIS, Record, record_hash

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
_FIELDS = st.dictionaries(_TEXTS, st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | _TEXTS)


@given(writer=_TEXTS, record_id=_TEXTS, fields=_FIELDS, carried=st.binary())
def test_a_record_is_hashed_as_canonical_json_with_what_it_carries(
    writer: str, record_id: str, fields: dict[str, str | int | bool | None], carried: bytes
) -> None:
    said = json.dumps(
        [GENESIS, writer, record_id, fields], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    expected = hashlib.sha256(said + b"\0" + carried).hexdigest()
    assert expected == record_hash(GENESIS, writer, Record(record_id, fields, carried))
