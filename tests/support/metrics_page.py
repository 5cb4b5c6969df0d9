"""``docs/metrics.md``, from the definitions."""

from collections.abc import Iterable

from engine.adapters.prometheus_names import OWN, THIRTEEN, Named

_TEXT = """# Metrics

Made from `engine/adapters/prometheus_names.py` by `python -m tests.support.docs`; a test compares.

`GET /metrics` needs no key from the engine's own machine, and elsewhere (also by way of a proxy)
one of the platform's with the scope `admin`, for the figures are of all tenants. The text is
written in steps, so that 10,000 addresses hold nothing up (`./dev bench metrics`).

*domain* figures come from views of the log: they are the same after a restart or a rebuild, and
only the process that leads shows them. *engine* figures are of this process; its counters begin
anew when it starts. Times are seconds since 1970, so an age is `time() - …`. What is not known is
left out.

## The thirteen

{thirteen}

`email_engine_ips_total` goes up and down, and is a gauge in spite of its name: `promtool check
metrics` says so, and nothing else.

## The engine's own

{own}

Beside them stand `email_engine_process_*`: memory, processor seconds, open files and start of the
engine's process, by prometheus-client.

## What is made of them

* `deploy/prometheus/`: what to scrape, recording rules, and alert rules for what the engine cannot
  say itself; `docs/runbooks.md` has what to do.
* `deploy/alertmanager/`: an example.
* `deploy/grafana/`: provisioning and five dashboards, made of `sources/*.toml` by `python
  deploy/grafana/make.py`. No test has seen them in Grafana itself; each query of each panel was
  run by a real Prometheus that scraped a real engine, and found data.
"""


def page() -> str:
    return _TEXT.format(thirteen=_table(THIRTEEN), own=_table(OWN))


def _table(names: Iterable[Named]) -> str:
    lines = ["| name | kind | of | labels | what it says |", "|---|---|---|---|---|"]
    for one in names:
        labels = ", ".join(one.labels)
        lines.append(f"| `{one.name}` | {one.kind} | {one.whose} | {labels} | {one.help} |")
    return "\n".join(lines)
