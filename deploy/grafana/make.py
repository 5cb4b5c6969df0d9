"""Makes ``dashboards/*.json`` of ``sources/*.toml``: ``python deploy/grafana/make.py``; with
``--check`` it only compares.

In an expression ``@fleet`` stands for the matchers of a figure that has a tenant, ``@engine`` for
those of one that has none, ``@rate`` for the range of a rate.  The JSON is Grafana's classic one,
as its own types have it (npm @grafana/schema, raw/dashboard).
"""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

HOME = Path(__file__).parent
DASHBOARDS = HOME / "dashboards"
FIVE = ("overview", "ips", "warmup", "blacklists", "api")
SCHEMA_VERSION = 39
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
ENGINE = 'job=~"$job"'
FLEET = f'{ENGINE},tenant=~"$tenant"'

Json = dict[str, Any]
Kind = Literal["stat", "timeseries", "table", "bargauge", "state-timeline"]


class Query(NamedTuple):
    expr: str
    legend: str = ""
    column: str = ""  # of a table: what its values are called


class Panel(NamedTuple):
    title: str
    text: str  # for whoever points at it
    queries: list[Query]
    kind: Kind = "timeseries"
    unit: str = "short"  # Grafana's name of it
    width: int = 0  # of 24; 0: as wide as its kind usually is
    height: int = 0
    red_above: float | None = None  # a value that is no good any more
    red_below: float | None = None
    stacked: bool = False

    @property
    def size(self) -> tuple[int, int]:
        usual = 4 if self.kind == "stat" else 8
        return self.width or usual, self.height or usual


class Dashboard(NamedTuple):
    name: str
    title: str
    text: str
    rows: list[tuple[str, list[Panel]]]


def read(name: str) -> Dashboard:
    """Unknown keys are errors."""
    source = tomllib.loads((HOME / "sources" / f"{name}.toml").read_text())
    rows = [(row["title"], [_read(panel) for panel in row["panel"]]) for row in source["row"]]
    return Dashboard(name, source["title"], source["text"], rows)


def _read(panel: Json) -> Panel:
    return Panel(**{**panel, "queries": [Query(**one) for one in panel["queries"]]})


def made(one: Dashboard) -> Json:
    return {
        "uid": f"email-engine-{one.name}",
        "title": f"email-engine: {one.title}",
        "description": one.text,
        "tags": ["email-engine"],
        "editable": False,
        "graphTooltip": 1,  # one crosshair for all panels
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "timezone": "browser",
        "links": [_links()],
        "templating": {"list": _variables()},
        "annotations": {"list": []},
        "panels": list(_panels(one)),
    }


def text(one: Dashboard) -> str:
    return json.dumps(made(one), indent=2, ensure_ascii=False) + "\n"


def _links() -> Json:
    """To the other four, with what was chosen here."""
    return {
        "type": "dashboards",
        "title": "email-engine",
        "icon": "external link",
        "tooltip": "",
        "url": "",
        "tags": ["email-engine"],
        "asDropdown": False,
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
    }


def _variables() -> list[Json]:
    source = {"name": "datasource", "label": "Prometheus", "type": "datasource"}
    return [
        {**source, "query": "prometheus", "refresh": 1, "hide": 0, "skipUrlSync": False},
        _variable("job", "Engine", "label_values(email_engine_build_info, job)"),
        _variable("tenant", "Tenant", f"label_values(email_engine_ips_total{{{ENGINE}}}, tenant)"),
    ]


def _variable(name: str, label: str, query: str) -> Json:
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": query, "refId": name},
        "refresh": 2,  # with the time range
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        "hide": 0,
        "skipUrlSync": False,
    }


def _panels(one: Dashboard) -> Iterator[Json]:
    """From left to right, a new line where one is full."""
    number, top = 0, 0
    for title, panels in one.rows:
        number += 1
        yield {
            **{"id": number, "type": "row", "title": title, "collapsed": False},
            "gridPos": {"x": 0, "y": top, "w": 24, "h": 1},
            "panels": [],
        }
        top, left, tallest = top + 1, 0, 0
        for panel in panels:
            width, height = panel.size
            if left + width > 24:
                top, left, tallest = top + tallest, 0, 0
            number += 1
            yield _panel(panel, number, {"x": left, "y": top, "w": width, "h": height})
            left, tallest = left + width, max(tallest, height)
        top += tallest


def _panel(panel: Panel, number: int, place: dict[str, int]) -> Json:
    body = {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.text,
        "datasource": SOURCE,
        "gridPos": place,
        "targets": [_target(panel, n, query) for n, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _options(panel),
    }
    if panel.kind == "table":
        body["transformations"] = _one_table(panel.queries)
    return body


def _target(panel: Panel, n: int, query: Query) -> Json:
    now = panel.kind in ("stat", "table", "bargauge")
    return {
        "refId": chr(ord("A") + n),
        "datasource": SOURCE,
        "expr": _whole(query.expr),
        "legendFormat": query.legend or "__auto",
        "format": "table" if panel.kind == "table" else "time_series",
        "instant": now,
        "range": not now,
    }


def _whole(expr: str) -> str:
    for short, whole in (("@fleet", FLEET), ("@engine", ENGINE), ("@rate", "[$__rate_interval]")):
        expr = expr.replace(short, whole)
    return expr


def _defaults(panel: Panel) -> Json:
    found: Json = {"unit": panel.unit, "thresholds": _thresholds(panel)}
    if panel.kind == "stat":
        found["color"] = {"mode": "thresholds"}
    if panel.kind == "state-timeline":
        found["color"] = {"mode": "thresholds"}
        found["thresholds"] = _steps(("red", None), ("green", 1))
    if panel.kind == "timeseries":
        found["color"] = {"mode": "palette-classic"}
        found["custom"] = {
            "lineWidth": 1,
            "fillOpacity": 20 if panel.stacked else 5,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
            "thresholdsStyle": {"mode": "off" if panel.red_above is None else "line"},
        }
    if panel.unit.startswith("percent"):
        found["min"] = 0
    return found


def _thresholds(panel: Panel) -> Json:
    if panel.red_below is not None:
        return _steps(("red", None), ("green", panel.red_below))
    if panel.red_above is not None:
        return _steps(("green", None), ("red", panel.red_above))
    return _steps(("blue" if panel.kind in ("stat", "bargauge") else "green", None))


def _steps(*steps: tuple[str, float | None]) -> Json:
    made = [{"color": color, "value": value} for color, value in steps]
    return {"mode": "absolute", "steps": made}


def _options(panel: Panel) -> Json:
    last = {"calcs": ["lastNotNull"], "fields": "", "values": False}
    match panel.kind:
        case "stat":
            return {"reduceOptions": last, "colorMode": "value", "graphMode": "none"}
        case "bargauge":
            return {"reduceOptions": last, "orientation": "horizontal", "displayMode": "basic"}
        case "table":
            return {"showHeader": True, "cellHeight": "sm"}
        case "state-timeline":
            return {"showValue": "never", "mergeValues": True, "rowHeight": 0.8}
        case "timeseries":
            legend = {"displayMode": "list", "placement": "bottom", "showLegend": True}
            return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}


def _one_table(queries: list[Query]) -> list[Json]:
    """The answers beside each other, each column by its name."""
    names = {f"Value #{chr(ord('A') + n)}": one.column for n, one in enumerate(queries)}
    shown = {"excludeByName": {"Time": True}, "indexByName": {}, "renameByName": names}
    return [{"id": "merge", "options": {}}, {"id": "organize", "options": shown}]


def main() -> int:
    stale = []
    for one in map(read, FIVE):
        path = DASHBOARDS / f"{one.name}.json"
        if path.exists() and path.read_text() == text(one):
            continue
        stale.append(path.name)
        if "--check" not in sys.argv:
            path.write_text(text(one))
    if "--check" not in sys.argv:
        return 0
    if stale:
        print(f"not as they are made: {', '.join(stale)}; python deploy/grafana/make.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
