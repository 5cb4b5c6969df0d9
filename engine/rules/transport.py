"""MTA-STS (RFC 8461) and TLS-RPT (RFC 8460): only what stands in the DNS, as information."""

import re
from collections.abc import Sequence

from engine.rules.asking import Asking, ask_all
from engine.values.dns import DnsAnswer, Question
from engine.values.finding import Finding
from engine.values.transport_report import TransportReport

_STS = re.compile(r"v=STSv1[ \t]*(?:;|$)")
_RPT = re.compile(r"v=TLSRPTv1[ \t]*(?:;|$)")
_ID = re.compile(r"[A-Za-z0-9]{1,32}")


def judge(domain: str) -> Asking[TransportReport]:
    places = (f"_mta-sts.{domain}", f"_smtp._tls.{domain}")
    sts, rpt = yield from ask_all([Question(place, "TXT") for place in places])
    mta_sts, tls_rpt = _one(sts, _STS), _one(rpt, _RPT)
    id = _tag(mta_sts, "id")
    rua = tuple(one.strip() for one in (_tag(tls_rpt, "rua") or "").split(",") if one.strip())
    return TransportReport(
        mta_sts=mta_sts,
        mta_sts_id=id if id and _ID.fullmatch(id) else None,
        tls_rpt=tls_rpt,
        tls_rpt_rua=rua,
        findings=(
            *_several("mta_sts.multiple", places[0], sts, _STS, "RFC 8461 3.1"),
            *_bad_id(places[0], mta_sts, id),
            *_several("tls_rpt.multiple", places[1], rpt, _RPT, "RFC 8460 3"),
            *_no_rua(places[1], tls_rpt, rua),
        ),
    )


def _records(answer: DnsAnswer, version: re.Pattern[str]) -> list[str]:
    return [text for text in answer.records if version.match(text)]


def _one(answer: DnsAnswer, version: re.Pattern[str]) -> str | None:
    """Several count as none, in either RFC."""
    found = _records(answer, version)
    return found[0] if len(found) == 1 else None


def _tag(record: str | None, name: str) -> str | None:
    for field in (record or "").split(";"):
        key, _, value = field.partition("=")
        if key.strip() == name:
            return value.strip()
    return None


def _several(
    code: str, place: str, answer: DnsAnswer, version: re.Pattern[str], ref: str
) -> list[Finding]:
    count = len(_records(answer, version))
    why = f"{place} has {count} records: senders pass over all of them."
    return [_info(code, why, ref)] if count > 1 else []


def _bad_id(place: str, record: str | None, id: str | None) -> list[Finding]:
    if record is None or (id and _ID.fullmatch(id)):
        return []
    why = f"{place} has no id= of 1 to 32 letters and digits: senders pass over it."
    return [_info("mta_sts.id", why, "RFC 8461 3.1")]


def _no_rua(place: str, record: str | None, rua: Sequence[str]) -> list[Finding]:
    if record is None or any(one.lower().startswith(("mailto:", "https:")) for one in rua):
        return []
    why = f"{place} names nobody in rua= to get reports, by mailto: or https:."
    return [_info("tls_rpt.rua", why, "RFC 8460 3")]


def _info(code: str, message: str, ref: str) -> Finding:
    return Finding(code=code, severity="info", message=message, ref=ref)
