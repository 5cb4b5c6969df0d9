"""Whether what SPF and DKIM prove stands for the domain in From (RFC 9989 4.4)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from engine.rules.dmarc.record import Mode, Record
from engine.rules.dmarc.walk import Walk
from engine.values.dmarc_report import Alignment
from engine.values.finding import Finding


def alignments(
    author: str,
    record: Record,
    mail_from: str | None,
    dkim_domains: Sequence[str],
    walks: Mapping[str, Walk],
) -> tuple[Alignment, ...]:
    """``walks`` holds one of each domain named."""
    spf = (mail_from,) if mail_from else ()
    return (
        *(_alignment("spf", one, author, record.aspf, walks) for one in spf),
        *(_alignment("dkim", one, author, record.adkim, walks) for one in dkim_domains),
    )


def findings(author: str, found: Sequence[Alignment]) -> Iterator[Finding]:
    """One aligned name is enough for DMARC to pass; of several signatures one."""
    if found and all(one.aligned is False for one in found):
        yield _nothing(author, found)
        return
    for by in ("spf", "dkim"):
        several = [one for one in found if one.by == by]
        if several and all(one.aligned is False for one in several):
            yield _half(author, several)
    if not any(one.aligned for one in found) and any(one.aligned is None for one in found):
        yield Finding(
            code="dmarc.alignment_unknown",
            severity="unknown",
            message=f"Whether {_names(found)} stands for {author} is not known: a part of the tree"
            " walk was not answered.",
            ref="RFC 9989 4.10.2",
        )


def _alignment(
    by: Literal["spf", "dkim"], domain: str, author: str, mode: Mode, walks: Mapping[str, Walk]
) -> Alignment:
    strict = mode == "s"
    own = walks[domain].organizational_domain
    return Alignment(
        by=by,
        domain=domain,
        mode="strict" if strict else "relaxed",
        aligned=domain == author or (False if strict else _related(own, domain, author, walks)),
        organizational_domain=own,
    )


def _related(own: str | None, domain: str, author: str, walks: Mapping[str, Walk]) -> bool | None:
    """A name outside the author's organisational domain cannot have the same one, whatever of its
    walk was not answered.
    """
    organizational = walks[author].organizational_domain
    if organizational is None:
        return None
    if not within(domain, organizational):
        return False
    return None if own is None else own == organizational


def within(domain: str, parent: str) -> bool:
    return domain == parent or domain.endswith(f".{parent}")


def _nothing(author: str, found: Sequence[Alignment]) -> Finding:
    return Finding(
        code="dmarc.unaligned",
        severity="error",
        message=f"Neither the bounce domain nor a signature stands for {author} ({_names(found)}):"
        " DMARC fails for every message.",
        ref="RFC 9989 4.4",
        fix=f"Sign with d={author}, or send with a MAIL FROM below it.{_parent(author, found)}",
    )


def _half(author: str, several: Sequence[Alignment]) -> Finding:
    spf = several[0].by == "spf"
    what = "SPF proves" if spf else "DKIM proves"
    return Finding(
        code="dmarc.spf_unaligned" if spf else "dmarc.dkim_unaligned",
        severity="warning",
        message=f"What {what} ({_names(several)}) does not stand for {author}: DMARC hangs on"
        f" {'DKIM' if spf else 'SPF'} alone.",
        ref="RFC 9989 4.4.2" if spf else "RFC 9989 4.4.1",
        fix=(f"Use a MAIL FROM below {author}." if spf else f"Sign with d={author}.")
        + _parent(author, several),
    )


def _parent(author: str, found: Sequence[Alignment]) -> str:
    """With a record at a subdomain alone, that subdomain is an organisation of its own."""
    parent = author.partition(".")[2]
    relaxed = any(one.mode == "relaxed" and within(one.domain, parent) for one in found)
    if not relaxed or "." not in parent:
        return ""
    return f" If {parent} is yours too, a DMARC record at _dmarc.{parent} makes them one."


def _names(found: Sequence[Alignment]) -> str:
    return ", ".join(dict.fromkeys(one.domain for one in found))
