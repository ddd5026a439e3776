"""Signatures of what is sent, as Standard Webhooks describes them, so that a receiver can check who sent it."""

import base64
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from standardwebhooks import Webhook

from policy_service.domain.instants import SECOND, Instant

#: Of a secret; the standard asks for 24 to 64.
SECRET_BYTES: Final = 32
_PREFIX: Final = "whsec_"
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def secret_text(random_bytes: bytes) -> str:
    """Return a secret as it is shown and kept: whsec_ and the bytes in base64."""
    return _PREFIX + base64.b64encode(random_bytes).decode()


def signed_headers(event_id: str, body: str, at: Instant, secrets: Sequence[str]) -> Mapping[str, str]:
    """Return the three headers that sign the body, with one signature for each of the secrets.

    The id is the same whenever the event is sent, the time is that of this sending.
    """
    sent_at = _EPOCH + dt.timedelta(seconds=at // SECOND)
    signatures = [Webhook(secret).sign(event_id, sent_at, body) for secret in secrets]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(at // SECOND),
        "webhook-signature": " ".join(signatures),
    }
