"""The TXT record that publishes a DKIM key (RFC 6376 3.6.1)."""

from msgspec import Struct

from engine.rules.dkim.tags import Pair, TagList, render, squeezed, words
from engine.rules.dkim.tags import parse as parse_tags

_KNOWN = frozenset("vhknpst")


class KeyRecord(Struct, frozen=True, kw_only=True):
    """A tag that is not there holds what the RFC says of its absence."""

    public: str  # base64, without white space; "" = revoked
    kind: str = "rsa"
    hashes: tuple[str, ...] = ()  # () = any
    services: tuple[str, ...] = ("*",)
    flags: tuple[str, ...] = ()
    notes: str = ""
    versioned: bool = True  # v=DKIM1 is there
    others: tuple[Pair, ...] = ()  # tags nobody knows; verifiers pass over them
    loose: bool = False  # off the grammar in a way that verifiers forgive


def parse(text: str) -> KeyRecord:
    """Raises ValueError, in words for who wrote the record."""
    found = parse_tags(text)
    tags = dict(found.pairs)
    _check_version(found)
    if "p" not in tags:
        raise ValueError("there is no p= with the key in it")
    return KeyRecord(
        public=squeezed(tags["p"]),
        kind=tags.get("k", "rsa").lower(),
        hashes=_lower(words("h", tags["h"])) if "h" in tags else (),
        services=_lower(words("s", tags["s"])) if "s" in tags else ("*",),
        flags=_lower(words("t", tags["t"])) if tags.get("t") else (),
        notes=tags.get("n", ""),
        versioned="v" in tags,
        others=tuple(pair for pair in found.pairs if pair[0] not in _KNOWN),
        loose=found.loose or tags.get("t") == "",
    )


def text_of(record: KeyRecord) -> str:
    """As it is published, the tags that say nothing new left out."""
    pairs = [
        ("v", "DKIM1" if record.versioned else ""),
        ("h", ":".join(record.hashes)),
        ("k", record.kind),
        ("n", record.notes),
        ("s", ":".join(record.services) if record.services != ("*",) else ""),
        ("t", ":".join(record.flags)),
    ]
    return render([*(pair for pair in pairs if pair[1]), *record.others, ("p", record.public)])


def _check_version(found: TagList) -> None:
    names = [name for name, _ in found.pairs]
    if "v" not in names:
        return
    if names[0] != "v":
        raise ValueError("v= is there, and not as the first tag")
    if found.pairs[0][1] != "DKIM1":
        raise ValueError(f"v= must be DKIM1, in capitals, and is {found.pairs[0][1][:40]!r}")


def _lower(found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lower() for word in found)
