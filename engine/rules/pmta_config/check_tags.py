"""Rules E2, E3, E4 and E5 of tags."""

from collections.abc import Iterator

from engine.rules.pmta_config import invented, near, placeholders
from engine.rules.pmta_config.finding import Finding, Mode, error, warning
from engine.rules.pmta_config.tree import Section
from engine.rules.pmta_config.value_types import cidr, is_domain, wanted
from engine.rules.pmta_config.vocabulary import TAGS, words

RESERVED = {"{pickup}", "{auth}", "{transmissions-api}"}  # sources


def check(section: Section, scope: str, mode: Mode) -> Iterator[Finding]:
    placeholder = placeholders.found_in(section.argument)
    if placeholder:
        yield from placeholders.told(section.at, placeholder)
    elif section.key not in TAGS:
        yield _unknown(section, mode)
    elif scope not in TAGS[section.key].within:
        places = ", ".join(_place(one) for one in TAGS[section.key].within)
        yield error(
            "E3",
            section.at,
            f"<{section.key}> cannot stand in {_place(scope)}.",
            f"Move it to {places}.",
        )
    else:
        yield from _argument(section, mode)


def _place(scope: str) -> str:
    return "the global level" if scope == "global" else f"<{scope}>"


def _unknown(section: Section, mode: Mode) -> Finding:
    hint = invented.TAGS.get(section.key, "")
    tell = error if mode == "ours" or hint else warning
    if not hint and words("global").get(section.key):
        hint = f"{section.key} is a directive: write it without < and >."
    if not hint and (meant := near.tag(section.key)):
        hint = f"Did you mean <{meant}>?"
    return tell("E2", section.at, f"There is no tag <{section.tag}>.", hint or "Remove it.")


def _argument(section: Section, mode: Mode) -> Iterator[Finding]:
    takes = TAGS[section.key].argument
    if takes and not section.argument:
        yield error(
            "E4", section.at, f"<{section.key}> has no argument.", f"Write <{section.key} …>."
        )
    elif takes is False and section.argument:
        yield error(
            "E5", section.at, f"<{section.key}> takes no argument.", f"Write <{section.key}>."
        )
    elif section.argument:
        wrong = _wrong(section.key, section.name)
        if wrong:
            # Names in braces are reserved, and yet real files give some to sources.
            braces = section.key == "source" and section.name.startswith("{")
            tell = warning if braces and mode == "imported" else error
            yield tell(
                "E5",
                section.at,
                f"<{section.key} {section.argument}> is not well written.",
                f"Write {wrong}.",
            )


def _wrong(key: str, name: str) -> str:
    match key:
        case "domain":
            return "" if is_domain(name) else "one domain: *, name, *.name, [*.]name or $macro"
        case "source":
            return _source(name)
        case "smtp-listener" | "transmissions-api-listener":
            return wanted("LISTENER", name) if len(name.split()) < 2 else "ADDRESS:PORT"
        case "acct-file" | "spool":
            return ""  # a path may hold anything
        case _:
            plain = len(name.split()) == 1 and not any(mark in name for mark in '{}"=')
            return "" if plain else "one name without blanks, quotes, = or braces"


def _source(name: str) -> str:
    if name in RESERVED or cidr(name):
        return ""
    plain = len(name.split()) == 1 and not any(mark in name for mark in '{}"=')
    looks_like_address = all(letter in "0123456789./" for letter in name)
    return "" if plain and not looks_like_address else "a network such as 10.0.0.0/8, or one name"
