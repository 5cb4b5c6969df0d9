"""What people say of a sending domain, parsed."""

from typing import Annotated, Any

from msgspec import Meta

from engine.api.call import OfTenant, Word
from engine.api.decode import checked
from engine.api.problems import Problem
from engine.ids import parse_hostname, parse_purpose
from engine.rules.domain_name import parse_domain, parse_selector
from engine.rules.key_path import parse_key_path
from engine.values.sending_domain import Setup

SELECTORS_MAX, PURPOSES_MAX = 20, 20

Selectors = Annotated[list[Word], Meta(min_length=1, max_length=SELECTORS_MAX)]
Keys = Annotated[dict[str, Word], Meta(max_length=SELECTORS_MAX)]
Purposes = Annotated[list[Word], Meta(max_length=PURPOSES_MAX)]
Name = Annotated[str, Meta(max_length=255)]


class DomainChange(OfTenant, frozen=True, kw_only=True):
    """What is left out stays; of a new domain, it is as the comment says."""

    selectors: Selectors | None = None  # "default"
    dkim_keys: Keys | None = None  # selector -> path of its private key on the nodes: none
    mail_from: Name | None = None  # where bounces go: "" = the domain itself
    helo: Name | None = None  # "" = each address says its own name
    purposes: Purposes | None = None  # the pools that send for it: [] = all


class NewDomain(DomainChange, frozen=True, kw_only=True):
    domain: Word


def said(domain: str, body: DomainChange, known: Setup) -> dict[str, Any]:
    """What is given, parsed; ``known`` is what it goes beside.  Raises Problem."""
    found: dict[str, Any] = {}
    if body.selectors is not None:
        found["selectors"] = _selectors(body.selectors)
    if body.dkim_keys is not None:
        found["dkim_keys"] = _keys(body.dkim_keys, found.get("selectors", known.selectors))
    if body.mail_from is not None:
        found["mail_from"] = _mail_from(domain, body.mail_from)
    if body.helo is not None:
        found["helo"] = checked("$.helo", parse_hostname, body.helo) if body.helo else ""
    if body.purposes is not None:
        found["purposes"] = _purposes(body.purposes)
    return found


def _selectors(given: list[str]) -> tuple[str, ...]:
    found = [checked(f"$.selectors[{n}]", parse_selector, one) for n, one in enumerate(given)]
    return tuple(dict.fromkeys(found))


def _keys(given: dict[str, str], selectors: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, path in given.items():
        field = f"$.dkim_keys.{name}"
        selector = checked(field, parse_selector, name)
        if selector not in selectors:
            why = f"there is no selector {selector!r}; there are {', '.join(selectors)}"
            raise Problem("invalid", why, field=field)
        found[selector] = checked(field, parse_key_path, path)
    return found


def _mail_from(domain: str, given: str) -> str:
    name = checked("$.mail_from", parse_domain, given) if given else ""
    return "" if name == domain else name


def _purposes(given: list[str]) -> tuple[str, ...]:
    found = [checked(f"$.purposes[{n}]", parse_purpose, one) for n, one in enumerate(given)]
    return tuple(dict.fromkeys(found))
