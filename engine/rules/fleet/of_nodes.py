"""PowerMTA hosts: made, and changed as a whole, since the API takes them as a whole."""

from collections.abc import Iterator

from engine.rules.fleet.declared import Finding, Node
from engine.rules.fleet.plan import Does, Request, Step, changes, given

_NEEDS = ("host", "host_key")
_PLACE = (*_NEEDS, "port", "user", "config_dir", "pmta")
_ALL = (*_PLACE, "authority")


def steps(
    path: tuple[str | int, ...], wanted: Node, present: Node | None
) -> Iterator[Step | Finding]:
    missing = [name for name in _NEEDS if getattr(wanted, name) is None]
    if present is None and missing:
        yield Finding(path, f"there is no such node yet; a new one needs {' and '.join(missing)}")
        return
    found = tuple(changes(wanted, present, *_ALL))
    if found:
        known = given(present, *_PLACE) if present else {}
        body = {"name": wanted.name, **known, **given(wanted, *_ALL)}
        does: Does = "change" if present else "create"
        yield Step(does, "node", wanted.name, "", found, (Request("POST", ("nodes",), body),))
