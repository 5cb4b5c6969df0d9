"""docs/problems.md, from the kinds of problems that the API knows."""

from engine.api.problem_kinds import KINDS, Kind, Meaning
from engine.api.problems import URN

_HEAD = f"""# Problems

Made from `engine/api/problem_kinds.py` by `python -m tests.support.docs`; a test compares.

Whatever goes wrong is answered with `application/problem+json`
([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): `type` is one of those below and never
changes its meaning, `title` says the same in words, `detail` says what happened here and what to
do, `instance` is the path. Where it is about a field, `field` names it as a JSON path (`$.address`)
and `pointer` as a JSON Pointer (`/address`,
[RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)); in a list, `index` counts from 0, and `errors`
has all of them where several are wrong. Nothing is done while anything is wrong.

Each `type` is `{URN}` and the name.

| name | status | what it is | what to do |
|---|---|---|---|
"""


def page() -> str:
    return _HEAD + "".join(_line(kind, one) for kind, one in KINDS.items())


def _line(kind: Kind, one: Meaning) -> str:
    return f"| `{kind}` | {one.status} | {one.title} | {one.todo} |\n"
