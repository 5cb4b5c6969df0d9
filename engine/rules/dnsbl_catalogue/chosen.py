"""The lists that an operator wants watched: the nine, changed by the configuration."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from msgspec.structs import replace

from engine.ids import Zone
from engine.rules.dnsbl_catalogue.block_list import BlockList, Catalogue, Code, Key
from engine.rules.dnsbl_catalogue.dead import why_not
from engine.rules.dnsbl_catalogue.known import KNOWN
from engine.rules.dnsbl_catalogue.nine import DEFAULT
from engine.rules.dnsbl_catalogue.settings import OwnList, Settings
from engine.rules.dnsbl_catalogue.well_formed import faults, parse_zone

T = TypeVar("T")

_KEY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
_DOMAIN_POINTS = ("test",), ("invalid",)  # RFC 5782 5
_NOTHING = Settings()


def catalogue(settings: Settings = _NOTHING, keys: Mapping[str, Key] | None = None) -> Catalogue:
    """``keys`` by whose they are, as ``Settings.key_files`` names them.  Raises ValueError that
    says what is wrong and what to do, and holds no key.
    """
    keys = keys or {}
    zones = _switched(settings)
    own = _by_zone(settings.own.items(), "own")
    lists = [*(_with_key(KNOWN[zone], keys) for zone in zones), *_owned(own, keys)]
    made = {one.zone: one for one in lists}
    _check_wholes(made)
    changed = _changed(made, settings)
    for one in changed.values():
        _check(one)
    return changed


# --- on and off ----------------------------------------------------------------------------------


def _switched(settings: Settings) -> list[Zone]:
    """In the order of the catalogue."""
    on, off = _zones(settings.on, "on"), _zones(settings.off, "off")
    for zone in sorted(on & off):
        raise ValueError(f"{zone} is switched on and off: write it in one place")
    for zone in sorted(on | off):
        _check_known(zone)
    for zone in sorted(off - set(DEFAULT)):
        raise ValueError(f"{zone} is off unless it is switched on: leave it out of `off`")
    return [zone for zone in KNOWN if zone in on or (zone in DEFAULT and zone not in off)]


def _check_known(zone: Zone) -> None:
    if zone in KNOWN:
        return
    if reason := why_not(zone):
        raise ValueError(f"{zone} cannot be asked: {reason}")
    near = difflib.get_close_matches(zone, KNOWN, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    raise ValueError(
        f"there is no list {zone} in the catalogue; {meant}A list of your own needs a table"
        f' [dnsbl.own."{zone}"]'
    )


def _zones(named: Iterable[str], where: str) -> set[Zone]:
    return set(_by_zone(((one, None) for one in named), where))


def _by_zone(items: Iterable[tuple[str, T]], where: str) -> dict[Zone, T]:
    found: dict[Zone, T] = {}
    for text, value in items:
        zone = parse_zone(text)
        if zone in found:
            raise ValueError(f"{zone} stands twice in `{where}`: write it once")
        found[zone] = value
    return found


# --- an operator's own ---------------------------------------------------------------------------


def _owned(own: Mapping[Zone, OwnList], keys: Mapping[str, Key]) -> list[BlockList]:
    for zone in own:
        if zone in KNOWN:
            raise ValueError(
                f"{zone} is in the catalogue: switch it on with `on`, and change it with `actions`"
                " and `budgets`, in place of a table of its own"
            )
        if reason := why_not(zone):
            raise ValueError(f"{zone} cannot be asked: {reason}")
    return [_own(zone, one, keys) for zone, one in own.items()]


def _own(zone: Zone, own: OwnList, keys: Mapping[str, Key]) -> BlockList:
    must, must_not = _DOMAIN_POINTS if own.kind == "domain" else (("127.0.0.2",), ("127.0.0.1",))
    made = BlockList(
        zone=zone,
        name=own.name or zone,
        kind=own.kind,
        listings={code: Code(means) for code, means in own.codes.items()},
        errors=own.errors,
        severity=own.severity,
        action=own.action,
        removal=own.removal,
        delisting=own.delisting,
        source="the configuration",
        must_list=must if own.must_list is None else own.must_list,
        must_not_list=must_not if own.must_not_list is None else own.must_not_list,
        ipv6=own.ipv6,
        budget_per_day=own.budget_per_day,
        reason=own.reason,
        keyed=f"{{key}}.{zone}" if own.key_file else "",
        key_of=zone if own.key_file else "",
        key_needed=bool(own.key_file),
    )
    return _with_key(made, keys)


# --- keys ----------------------------------------------------------------------------------------


def key(text: str, whose: str) -> Key:
    """Raises ValueError, which does not repeat it."""
    if not _KEY.fullmatch(text.strip()):
        raise ValueError(
            f"the key for {whose} cannot be part of a name: it has letters, digits and dashes, at"
            " most 63; look into its file (it is not shown here)"
        )
    return Key(text.strip())


def _with_key(one: BlockList, keys: Mapping[str, Key]) -> BlockList:
    if one.key_of in keys:
        return replace(one, key=keys[one.key_of])
    if one.key_needed:
        named = "key_file" if one.key_of == one.zone else f"{one.key_of}_key_file"
        raise ValueError(
            f"{one.zone} answers customers alone: name the file of the key with `{named}`, or"
            " switch it off"
        )
    return one


# --- actions and budgets -------------------------------------------------------------------------


def _changed(made: Catalogue, settings: Settings) -> dict[Zone, BlockList]:
    changed = dict(made)
    for zone, action in _by_zone(settings.actions.items(), "actions").items():
        _check_watched(zone, made, "actions")
        changed[zone] = replace(changed[zone], action=action)
    for zone, budget in _by_zone(settings.budgets.items(), "budgets").items():
        _check_watched(zone, made, "budgets")
        if whole := changed[zone].part_of:
            raise ValueError(
                f"{zone} costs no question, it is read from the answer of {whole}: set the budget"
                " of that"
            )
        changed[zone] = replace(changed[zone], budget_per_day=budget)
    return changed


def _check_watched(zone: Zone, made: Collection[Zone], where: str) -> None:
    if zone in made:
        return
    if zone in KNOWN:
        raise ValueError(f"`{where}` names {zone}, which is switched off: switch it on with `on`")
    near = difflib.get_close_matches(zone, made, n=1)
    meant = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"`{where}` names {zone}, and no list of that name is watched{meant}")


# --- the whole -----------------------------------------------------------------------------------


def _check_wholes(made: Catalogue) -> None:
    for one in made.values():
        if one.part_of and one.part_of not in made:
            raise ValueError(
                f"{one.zone} is read from the answer of {one.part_of}, which is switched off:"
                " switch both on, or both off"
            )


def _check(one: BlockList) -> None:
    for fault in faults(one):
        raise ValueError(f"{one.zone}: {fault}")
