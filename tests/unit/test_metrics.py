"""What Prometheus reads of the fleet and of the engine."""

import asyncio
from collections.abc import Iterator
from math import isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from engine.adapters import prometheus_names as names
from engine.adapters import prometheus_text
from engine.adapters.prometheus_names import Named
from engine.adapters.prometheus_text import Family, Sample, lines, rendered, written
from tests.support.event_samples import SAMPLES
from tests.support.lively_metrics import lively
from tests.support.metrics import Figures, read
from tests.support.spec import record

# --- the text ------------------------------------------------------------------------------------

VALUES = st.text('ab"\\\n é{},=', max_size=6)
SAMPLES_OF_ONE = st.dictionaries(
    st.tuples(VALUES, VALUES), st.floats() | st.integers(-(10**18), 10**18), max_size=3
)
GAUGE = Named("email_engine_one", "gauge", "A \\ and a\nline", ("tenant", "ip"))
COUNTER = Named("email_engine_two_total", "counter", "Two", ("tenant", "ip"))


class Peer(Collector):
    """prometheus-client's own writer, of the same families."""

    def __init__(self, *families: tuple[Named, list[Sample]]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        for of, found in self._families:
            kind = CounterMetricFamily if of.kind == "counter" else GaugeMetricFamily
            family = kind(of.name.removesuffix("_total"), of.help, labels=of.labels)
            for values, number in found:
                family.add_metric(list(values), number)
            yield family


@given(SAMPLES_OF_ONE, SAMPLES_OF_ONE)
@settings(max_examples=100)
def test_every_sample_reads_as_prometheus_client_would_write_it(
    ones: dict[tuple[str, str], float], twos: dict[tuple[str, str], float]
) -> None:
    families: list[tuple[Named, list[Sample]]] = [
        (GAUGE, [*ones.items()]),
        (COUNTER, [*twos.items()]),
    ]
    text = "".join(line for one in families for line in lines(Family(*one))).encode()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Peer(*families))
    ours, theirs = read(text), read(generate_latest(registry))
    assert ours.keys() == theirs.keys()
    assert all(ours[key] == one or (isnan(ours[key]) and isnan(one)) for key, one in theirs.items())


async def test_heading_and_lines_are_as_the_format_wants_them() -> None:
    found = [(("a", 'b"\\\n'), 1.0), (("c", "d"), 0.5)]
    assert (await rendered([Family(COUNTER, found)])).decode() == (
        "# HELP email_engine_two_total Two\n"
        "# TYPE email_engine_two_total counter\n"
        'email_engine_two_total{tenant="a",ip="b\\"\\\\\\n"} 1\n'
        'email_engine_two_total{tenant="c",ip="d"} 0.5\n'
    )


async def test_a_family_without_samples_is_not_there() -> None:
    assert await rendered([Family(GAUGE, [])]) == b""


@pytest.mark.parametrize(
    ("number", "text"),
    [(True, "1"), (3.0, "3"), (1e300, "1e+300"), (float("inf"), "+Inf"), (float("nan"), "NaN")],
)
def test_numbers(number: float, text: str) -> None:
    assert written(number) == text


async def test_others_run_while_a_large_page_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus_text, "STEP_S", 0.0)
    turns, ended = 0, asyncio.Event()

    async def other() -> None:
        nonlocal turns
        while not ended.is_set():
            turns += 1
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        group.create_task(other())
        text = await rendered([Family(GAUGE, [((str(n), ""), n) for n in range(1_000)])])
        ended.set()
    assert turns >= 1_000 / prometheus_text.LOOK
    assert text.count(b"\n") == 1_002


# --- the names -----------------------------------------------------------------------------------


def test_the_thirteen_are_there_by_exactly_their_names() -> None:
    assert [one.name.removeprefix("email_engine_") for one in names.THIRTEEN] == [
        *("ips_total", "warmup_progress", "blacklist_checks_total", "blacklist_listings_total"),
        *("dns_validations_total", "emails_sent_total", "bounce_rate", "complaint_rate"),
        *("api_requests_total", "api_request_duration_seconds", "db_connections_active"),
        *("celery_tasks_total", "system_cpu_percent"),
    ]


def test_only_four_have_a_label_for_each_address() -> None:
    with_ip = [one for one in (*names.THIRTEEN, *names.OWN) if "ip" in one.labels]
    assert with_ip == [names.PROGRESS, names.SENT, names.BOUNCES, names.COMPLAINTS]


def test_percentages_and_shares_say_what_they_are() -> None:
    assert all("0 to 100" in one.help for one in (names.PROGRESS, names.CPU))
    assert all("0 to 1" in one.help for one in (names.BOUNCES, names.COMPLAINTS))


def test_a_name_stands_for_one_thing() -> None:
    every = [one.name for one in (*names.THIRTEEN, *names.OWN)]
    assert len(set(every)) == len(every)


async def test_every_metric_of_a_living_engine_is_one_that_is_defined(figures: Figures) -> None:
    figures.fold(record(n, one) for n, one in enumerate(SAMPLES, 1))
    lively(figures)
    shown = {name for name, _ in await figures.scrape()}
    expected: set[str] = set()
    for one in (*names.THIRTEEN, *names.OWN):
        ends = ("_bucket", "_sum", "_count") if one.kind == "histogram" else ("",)
        expected |= {f"{one.name}{end}" for end in ends}
    assert {name for name in shown if "_process_" not in name} == expected
