"""What MailWizz's API answers, and what it means when it does not answer as it should."""

from typing import Any, NamedTuple

import msgspec

from engine.ports import MailwizzRefused, MailwizzSilent
from engine.rules.redaction import fragment
from engine.values.campaign import Campaign

SENT = ("sending", "processing", "paused", "sent")  # others have sent nothing yet
_KEY = "the key is not taken: see its file and, in MailWizz, Customers > API keys; with a pair of"
_KEY += " keys, its clock and the address that it sees must be ours too"


class Paged(NamedTuple):
    records: list[Any]
    pages: int


def read(status: int, body: bytes, who: str) -> Any:
    """The ``data`` of an answer.  Raises MailwizzSilent where it may be otherwise in a while, and
    MailwizzRefused where somebody must do something.
    """
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        said = None
    if status == 429 or status >= 500:
        raise MailwizzSilent(f"{who} answers {status}{_why(said)}")
    if 300 <= status < 400:
        raise MailwizzRefused(f"{who} answers {status}, elsewhere: give the address it moved to")
    if not isinstance(said, dict):
        raise MailwizzRefused(
            f"{who} answers {status} with a page and not with JSON: is its address right"
            " (/api, or /api/index.php where there are no clean addresses)?"
        )
    if status in (400, 401, 403):
        raise MailwizzRefused(f"{who} answers {status}{_why(said)}: {_KEY}")
    if status != 200 or said.get("status") != "success" or "data" not in said:
        raise MailwizzRefused(f"{who} answers {status}{_why(said)}")
    return said["data"]


def page(data: Any, who: str) -> Paged:
    records = data.get("records") if isinstance(data, dict) else None
    if not isinstance(records, list):
        raise _other(who, "records")
    return Paged(records, _number(data, "total_pages", who))


def listed(record: Any, who: str) -> tuple[str, str]:
    """Number and status of a campaign in a list; the number becomes part of an address."""
    uid = _word(record, "campaign_uid", who)
    if not uid.isalnum():
        raise _other(who, "campaign_uid")
    return uid, _word(record, "status", who)


def stats(uid: str, data: Any, who: str) -> Campaign:
    return Campaign(
        uid=uid,
        status=_word(data, "campaign_status", who),
        processed=_number(data, "processed_count", who),
        delivered=_number(data, "delivery_success_count", who),
        hard=_number(data, "hard_bounces_count", who),
        soft=_number(data, "soft_bounces_count", who),
        internal=_number(data, "internal_bounces_count", who),
        unsubscribes=_number(data, "unsubscribes_count", who),
        complaints=_number(data, "complaints_count", who),
    )


def _number(data: Any, name: str, who: str) -> int:
    """MailWizz writes some of them as text."""
    found = data.get(name) if isinstance(data, dict) else None
    try:
        number = int(str(found).replace(",", ""))
    except ValueError:
        raise _other(who, name) from None
    if number < 0:
        raise _other(who, name)
    return number


def _word(data: Any, name: str, who: str) -> str:
    found = data.get(name) if isinstance(data, dict) else None
    if not isinstance(found, str) or not found or len(found) > 40 or not found.isascii():
        raise _other(who, name)
    return found


def _other(who: str, name: str) -> MailwizzRefused:
    return MailwizzRefused(
        f"{who} answers without a `{name}` that can be read; this engine knows MailWizz 1.3 to 2.8"
    )


def _why(said: Any) -> str:
    """Its own words, as text or by field."""
    found = said.get("error") if isinstance(said, dict) else None
    if isinstance(found, dict):
        found = "; ".join(f"{field}: {text}" for field, text in found.items())
    return f" ({fragment(str(found))})" if found else ""
