"""Regular expressions that people may choose: harmless in the file, and cheap in PowerMTA.

A closed part of PCRE.  In the file a ``#`` begins a comment anywhere, a quote a text, ``/`` ends
the expression (User's Guide 5.0, 3.2), and ``{secret:…}`` is filled in on the way to the node: none
of these can be written; nor an @, for no address of a person enters the log.  A node is shared, so
nothing is taken whose search grows exponentially: only single characters repeat, twice in one
expression, alternatives do not multiply beyond a bound, and nothing looks around or back.  What is
left costs at most four times the cube of a reply's length, and a line of it has 512 octets (RFC
5321, 4.5.3.1.5).
"""

import re
from collections.abc import Sequence

LENGTH_MAX = 120
WIDE_MAX = 2  # repetitions of many lengths: *, + and {n,m}
REPEATS_MAX = 8  # all of them, with ? and {n}
COUNT_MAX = 64  # of one {n,m}
WAYS_MAX = 64  # to read one expression
_WAYS = {"maybe": 2, "wide": 4}  # of what repeats a character
_TOKEN = re.compile(
    r"(?P<class>\[\^?(?:\\[dswDSW.\]\[\\^$*+?(){}|-]|\\x[0-9A-Fa-f]{2}"
    r"|[A-Za-z0-9 .,:;=_()*+?!'-])+\])"
    r"|(?P<escape>\\(?:[dswbDSWB./\]\[\\^$*+?(){}|-]|x[0-9A-Fa-f]{2}))"
    r"|(?P<wide>[*+]|\{[0-9]{1,3},[0-9]{1,3}\})"
    r"|(?P<maybe>\?)"
    r"|(?P<exact>\{[0-9]{1,3}\})"
    r"|(?P<open>\((?:\?:)?)"
    r"|(?P<close>\))"
    r"|(?P<bar>\|)"
    r"|(?P<mark>[\^$])"
    r"|(?P<plain>[A-Za-z0-9 .,:;=_!'%&~-])"
)
_NUMBER = re.compile(r"[0-9]+")
_SINGLE = {"class", "escape", "plain"}
_REPEATS = {"wide", "maybe", "exact"}


def checked(text: str) -> str:
    """The same text.  Raises ValueError that says what is wrong, and where."""
    if not text.strip():
        raise ValueError("an expression says what a reply looks like, and this one is empty")
    if text != text.strip(" ") or len(text) > LENGTH_MAX:
        raise ValueError(
            f"an expression has at most {LENGTH_MAX} characters, and no blank at its ends"
        )
    kinds = _kinds(text)
    try:
        re.compile(text)
    except (re.error, RecursionError) as bad:
        raise ValueError(f"{text!r} is no regular expression: {bad}") from bad
    _refuse_dear(text, kinds)
    return text


def _refuse_dear(text: str, kinds: Sequence[str]) -> None:
    if kinds.count("wide") > WIDE_MAX or sum(map(kinds.count, _REPEATS)) > REPEATS_MAX:
        raise ValueError(
            f"{text!r} repeats too much: *, + and {{n,m}} may stand there {WIDE_MAX} times, and"
            f" with ? and {{n}} {REPEATS_MAX} times; .* at its ends is not needed, for it is found"
            " anywhere in a reply"
        )
    ways = _ways(kinds)
    if ways > WAYS_MAX:
        raise ValueError(
            f"{text!r} can be read in {ways:,} ways, and more than {WAYS_MAX} cost PowerMTA too"
            " much: each | adds one to its group, and groups multiply, as do ? (by 2) and *, + and"
            " {n,m} (by 4); write several patterns"
        )


def _ways(kinds: Sequence[str]) -> int:
    """Those of alternatives add up, those of what follows one another multiply."""
    groups = [(0, 1)]  # of each that is open: the ways of earlier alternatives, and of this one
    for kind in kinds:
        earlier, here = groups.pop()
        if kind == "open":
            groups += [(earlier, here), (0, 1)]
        elif kind == "close":
            before, outside = groups.pop()
            groups.append((before, outside * (earlier + here)))
        elif kind == "bar":
            groups.append((earlier + here, 1))
        else:
            groups.append((earlier, here * _WAYS.get(kind, 1)))
    return sum(groups[0])


def _kinds(text: str) -> list[str]:
    kinds: list[str] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(_strange(text, at))
        kind = str(found.lastgroup)
        if any(int(number) > COUNT_MAX for number in _NUMBER.findall(found[0]) if kind in _REPEATS):
            raise ValueError(f"{text!r}: {found[0]} counts to more than {COUNT_MAX}")
        if kind in _REPEATS and (not kinds or kinds[-1] not in _SINGLE):
            raise ValueError(
                f"{text!r}: the {found[0]} at character {at + 1} repeats no single character;"
                " groups cannot be repeated"
            )
        kinds.append(kind)
        at = found.end()
    return kinds


def _strange(text: str, at: int) -> str:
    one = text[at]
    if one == "@":
        return f"{text!r}: no address of a person belongs here; leave out what stands around the @"
    if one in '#"/<>`' or not one.isprintable() or ord(one) > 126:
        how = f"write \\x{ord(one):02x}" if one.isascii() else "only ASCII is searched for"
        return f"{text!r}: {one!r} at character {at + 1} cannot stand there; {how}"
    return f"{text!r}: {one!r} at character {at + 1} is not understood; only simple ones are"
