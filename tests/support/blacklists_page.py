"""docs/blacklists.md: what operators want to know of each list, from the catalogue's data."""

from collections.abc import Iterable, Iterator

from engine.rules.dnsbl_catalogue import CATALOGUE_VERSION, DEFAULT, OFFERED, BlockList
from engine.rules.dnsbl_catalogue.dead import DEAD, UNFIT

_INTRODUCTION = f"""# Block lists

Made from `engine/rules/dnsbl_catalogue/` (version {CATALOGUE_VERSION}, which every look names) by
`python -m tests.support.docs`; a test compares.

## What a look may say

| answer | means | what follows |
|---|---|---|
| clean | the list proved itself and does not hold it | two, 24 hours apart, end a listing |
| listed | it holds it; codes, reason, sub-list are shown | a second look confirms; its action |
| refused | it refuses **us**: resolver, key, too many questions | nothing about the address |
| unanswered | a time-out, a failure, or a code that nobody knows | nothing; it is asked again |

A time-out is never clean, a code such as 127.255.255.254 or a 127.0.0.1 never a listing, and an
answer outside 127.0.0.0/8 is no list's at all: its domain is parked, or a resolver rewrites.

## When a list is believed

Before and after each round its test points are asked (RFC 5782 5): one that it must list, one that
it must not, and one that nobody uses, another each time. Only what lies between two proofs counts.
A list that is dead, refuses or lists everybody is shown as that, and its answers count neither for
nor against anybody: what it said last stands, until it has been dead for 7 days. Then its listings
end with it, and this is told of each address that it named. Of a retired list only the test points
are asked, every 4 hours, until it proves itself.

## What the engine does

| action | on a confirmed listing |
|---|---|
| standby | it stops: out of its pool, queues paused, MailWizz's server off; people are told |
| retire | it stops likewise and is taken out of service |
| alert | people are told, and nothing is stopped |
| none | it is shown, and nobody is told |

The nine lists have `standby`, all others `alert`. A PBL hit is a fault of how the address was
provided, not of what was sent: it also keeps a warm-up from starting, whatever its action.
Delisting forms are filled in by people: the engine names the page and never sends it.

What a listing does to one tenant's addresses is set apart, by an admin
(`PUT /api/v2/tenants/{{slug}}/zone-actions`). One confirmed listing can be borne for up to 90 days,
with a reason (`POST /api/v2/ips/{{id}}/blacklists/{{zone}}/acknowledge`): it then stops nobody and
bars nothing.

## When it looks

Every address, by all lists, at least every 4 hours, on a grid of 10 minutes, so that a fleet is
spread over the time and looks share their test points. What is new (48 hours), warming up, or was
listed in the last 72 hours is looked at hourly, as far as the day's questions and the budget of
events allow. A hit is confirmed 5 minutes later. `POST /api/v2/blacklists/check`,
`email-engine blacklists check` and `/check` in a chat ask at once. A refusal that names a list has
all lists asked at once, or a quarter of an hour after the last look.

A list is asked no more than its questions a day; a fifth of them is kept for second looks and for
new addresses, so that whoever asks often keeps no hit from being confirmed. Where they do not cover
the fleet, whoever was heard of longest ago is asked first, the looks name what was not asked, and
an alert says so once; `email-engine blacklists zones` shows how often the budget allows each of
them to be asked.

## When a list names too many

With each second look up to 50 other addresses are asked about too. More than three new hits among
the others, and more than a tenth of them, is suspicion against the list: it is told once, and
nobody is stopped by it in a tenant with two or more new hits (a tenant's only one stops as usual).
Hits of a tenant count together over 4 hours, and where one address of a tenant would be alone in a
round, one more of that tenant is asked about: else each would be the only one in its turn.
It is asked again every half hour. The suspicion ends with a round below that, or by an admin's word
(`POST /api/v2/blacklists/zones/{{zone}}/trust`); a hit that stands 4 hours stops like any other.
What it had stopped in the 4 hours before can be released to where it was
(`POST /api/v2/ips/{{id}}/release`).

Lists of domains are asked at each look at a sending domain, about the domain and its parents. What
they say is among the findings of that look (`lists.listed`, `lists.unknown`); it stops nobody.
"""

_CONFIGURATION = """## Switching lists on and off

```toml
[dnsbl]
on = ["bl.mailspike.net", "dbl.spamhaus.org"]   # beside the nine
off = ["dnsbl-1.uceprotect.net"]                # of the nine; ZEN goes with SBL, XBL and PBL
spamhaus_key_file = "credential:dqs"            # ZEN, DBL … are then asked as a customer of DQS
abusix_key_file = "credential:abusix"
spamrats_key_file = "credential:spamrats"

[dnsbl.actions]
"bl.spamcop.net" = "alert"

[dnsbl.budgets]                                 # questions a day
"zen.spamhaus.org" = 300000

[dnsbl.own."bl.example.net"]                    # a list of your own
codes = { "127.0.0.2" = "our trap" }
action = "alert"                                # the default
budget_per_day = 20000
must_list = ["127.0.0.2"]                       # its test points; these are the default
must_not_list = ["127.0.0.1"]
delisting = "https://bl.example.net/lookup?ip={ip}"
removal = "Ask postmaster@ there."
```

A key is part of the name that is asked (`<key>.zen.dq.spamhaus.net`) and of nothing else: log,
API, alerts and metrics know the list by its own name. A list that publishes no limit is asked at
most 100,000 times a day. Refused with an explanation: a zone nobody knows, one that is dead, a code
by which lists refuse, a budget of 0, a part without its whole.

## The resolver

Lists judge who asks. Ask through a resolver of your own (`[dns] nameservers`):

* **It recurses itself and forwards to nobody.** Spamhaus, URIBL and SURBL refuse public resolvers
  (8.8.8.8, 1.1.1.1) and most of those that hosters and Docker provide.
* **Its address has a host name (PTR) of your own**, not the hoster's generic one; Spamhaus refuses
  the rest with 127.255.255.254.
* **It is registered where lists want that**: Barracuda (by the resolver's public address) and
  Validity.
* **unbound**: `qname-minimisation: no`, `harden-below-nxdomain: no`, `aggressive-nsec: no`,
  `serve-expired: no`, `prefetch: no`, `cache-max-negative-ttl: 60`, `so-rcvbuf: 4m`,
  `num-queries-per-thread: 2048`, `outgoing-range: 4096`. Name servers of lists answer "no such
  name" for what lies between (rbldnsd#17, unbound#1239): a resolver that minimises names then
  calls everybody clean.

A business that sends for others does not qualify for Spamhaus' public mirrors: it needs a DQS key.
"""


def page() -> str:
    return "\n".join(
        [
            _INTRODUCTION,
            *_chapter("The nine", DEFAULT.values()),
            *_chapter("Lists that can be switched on", OFFERED.values()),
            _CONFIGURATION,
            *_never(),
        ]
    )


def _chapter(title: str, lists: Iterable[BlockList]) -> Iterator[str]:
    known = list(lists)
    yield from (f"## {title}", "")
    yield "| list | zone | of | weight | action | questions a day | IPv6 |"
    yield "|---|---|---|---|---|---|---|"
    yield from (_row(one) for one in known)
    yield ""
    for one in known:
        yield from _entry(one)


def _row(one: BlockList) -> str:
    a_day = f"none: read from {one.part_of}" if one.part_of else f"{one.questions_a_day:,}"
    kind = "domains" if one.kind == "domain" else "addresses"
    weight = "closed" if one.retired else one.severity
    ipv6 = "yes" if one.ipv6 else "n/a" if one.kind == "domain" else "no"
    cells = (one.name, f"`{one.zone}`", kind, weight, one.action, a_day, ipv6)
    return f"| {' | '.join(cells)} |"


def _entry(one: BlockList) -> Iterator[str]:
    yield from (f"### {one.name}", "")
    if one.retired:
        yield from (f"**Closed**: {one.retired}. Shown as that, never as clean.", "")
    if one.key_needed:
        yield from (f"Answers customers alone: `{one.key_of}_key_file`.", "")
    yield from (f"* `{code}` {means}" for code, means in one.codes.items())
    yield from (f"* `{code}` no listing: {means}" for code, means in one.harmless.items())
    yield from (f"* `127.0.0.{bit}` no listing: {says}" for bit, says in one.harmless_bits.items())
    yield from (f"* `{code}` refused: {why}" for code, why in one.errors.items())
    tested = f"listed {_named(one.must_list)}"
    if one.must_not_list:
        tested += f"; not listed {_named(one.must_not_list)}"
    yield from ("", f"Test points: {tested}.")
    yield f"How to get off: {one.removal} <{one.delisting}>"
    yield from (f"Source: <{one.source}>, read {one.seen}.", "")


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _never() -> Iterator[str]:
    yield from (
        "## Zones that are not asked",
        "",
        "| zone, and what lies in it | why |",
        "|---|---|",
    )
    yield from (f"| `{zone}` | {why} |" for zone, why in DEAD.items())
    yield from ("", "| zone | why |", "|---|---|")
    yield from (f"| `{zone}` | {why} |" for zone, why in UNFIT.items())
    yield ""
