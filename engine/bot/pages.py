"""Read models as a few lines of HTML that fit on a phone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from engine.ids import Position, TenantId
from engine.ports import ReadModels
from engine.rules.chat_html import safe
from engine.values.phase import Phase

Body = dict[str, Any]  # a row is read leniently: a newer engine may have written it

PHASES = tuple(phase.value for phase in Phase)
PAGE = 1000


async def one(readers: ReadModels, projection: str, key: str, tenant: TenantId) -> Body | None:
    body = await readers.one(projection, key, tenant=tenant)
    return None if body is None else msgspec.json.decode(body, type=Body)


async def rows(
    readers: ReadModels,
    projection: str,
    eyes: Iterable[TenantId | None],
    where: Mapping[str, str] | None = None,
) -> list[Body]:
    """All rows that one of ``eyes`` sees."""
    found: list[Body] = []
    for tenant in eyes:
        after, page = "", PAGE
        while page == PAGE:
            some = await readers.some(
                projection, tenant=tenant, where=where or {}, after=after, limit=PAGE
            )
            found += [msgspec.json.decode(body, type=Body) for _, body in some]
            page, after = len(some), some[-1][0] if some else ""
    return found


def status(
    ips: Sequence[Body],
    alerts: Sequence[Body],
    tenants: Sequence[Body],
    position: Position | None,
) -> list[str]:
    """Line by line."""
    ips = [row for row in ips if row.get("ip")]
    lines = [f"<b>{count(len(ips), 'address', 'addresses')}</b>"]
    phases = Counter(phase(row) for row in ips)
    lines += [f"{number} {name}" for name, number in sorted(phases.items())]
    for name in ("review", "suspended"):
        slugs = [safe(row.get("slug")) for row in tenants if row.get(name)]
        lines += [f"in review: {one}" if name == "review" else f"suspended: {one}" for one in slugs]
    if alerts:
        loud = Counter(str(alert.get("severity", "")) for alert in alerts)
        named = ", ".join(
            f"{loud[severity]} {severity}" for severity in ("critical", "warning") if loud[severity]
        )
        lines.append(f"firing: {safe(named or count(len(alerts), 'alert', 'alerts'))}")
    else:
        lines.append("no alert is firing")
    if position is not None:
        lines.append(f"the log stands at {position}")
    return lines


def line(row: Body) -> str:
    """An address in one line."""
    parts = [
        f"<code>{safe(row.get('ip', '?'))}</code> {safe(row.get('tenant') or '')}".rstrip(),
        phase(row),
    ]
    if row.get("phase") == Phase.WARMING.value and row.get("stage"):
        parts.append(f"stage {safe(row['stage'])}")
    if output := _output(row):
        parts.append(output)
    return " · ".join(parts)


def phase(row: Body) -> str:
    reason = f" ({safe(row['reason'])})" if row.get("reason") else ""
    paused = ", paused by a person" if row.get("paused") else ""
    return f"{safe(row.get('phase', 'unknown'))}{reason}{paused}"


def moment(text: object) -> str:
    """RFC 3339 to the minute, in UTC as the engine writes it."""
    return f"{safe(str(text)[:16].replace('T', ' '))}Z" if text else "?"


def _output(row: Body) -> str:
    """What the node was told last, which may lag behind what is wanted."""
    if isinstance(row.get("cap"), int):
        return f"{row['cap']:,}/day"
    told = row.get("told")
    output = told.get("output") if isinstance(told, dict) else None
    if not isinstance(output, dict):
        return ""
    match output.get("type"):
        case "per_day":
            cap = output.get("cap")
            return f"{cap:,}/day" if isinstance(cap, int) else "?/day"
        case "paused" | "unlimited" as word:
            return str(word)
        case _:
            return ""


def count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
