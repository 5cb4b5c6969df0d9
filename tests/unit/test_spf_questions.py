"""What a report on SPF asks: no more than it needs, and as much at once as it can."""

from collections.abc import Callable

from engine.ids import IpAddr
from engine.rules.asking import Asking, T, answered
from engine.rules.spf.judge import judge
from engine.rules.spf.parse import parse
from engine.values.dns import DnsAnswer, Question
from tests.support.spf_reports import IP, B, report, spf
from tests.support.spf_zones import SpfZones, ZoneData


def rounds(asking: Asking[T], answer: Callable[[Question], DnsAnswer]) -> list[int]:
    """How many questions go out at a time."""
    sizes = []
    try:
        questions = next(asking)
        while True:
            sizes.append(len(questions))
            questions = asking.send(tuple(map(answer, questions)))
    except StopIteration:
        return sizes


WIDE: ZoneData = {
    "example.com": spf("include:a.b.c include:b.b.c mx a exists:x.b.c include:c.b.c -all"),
    "a.b.c": spf("include:d.b.c ip4:203.0.113.1 -all"),
    "b.b.c": spf("a:e.b.c a:f.b.c -all"),
    "c.b.c": spf("ip4:203.0.113.2 -all"),
    "d.b.c": spf("ip4:203.0.113.3 -all"),
    "e.b.c": [{"A": "203.0.113.4"}],
    "f.b.c": [{"A": "203.0.113.5"}],
}


def test_ten_addresses_cost_as_many_rounds_as_the_record_is_deep() -> None:
    zones = SpfZones(WIDE)
    ips = [IpAddr(f"192.0.2.{number}") for number in range(10)]
    sizes = rounds(judge("example.com", ips), zones.answer)
    assert sizes == [1, 6, 3]
    assert len(set(zones.asked)) == len(zones.asked)


def test_a_hostile_tree_is_left_after_a_bounded_number_of_questions() -> None:
    def answer(question: Question) -> DnsAnswer:
        asked.append(question)
        below = " ".join(f"include:i{number}.{question.name[-200:]}" for number in range(40))
        return DnsAnswer("ok", (f"v=spf1 {below} -all",))

    asked: list[Question] = []
    made = answered(judge("example.com", [IP]), answer)
    assert made.worst > 10
    assert len(asked) < 400
    assert made.valid is False


def test_the_worst_case_counts_what_lies_behind_each_term() -> None:
    assert report(WIDE).worst == 9
    assert report({"example.com": spf("-all redirect=b.example.com"), **B}).worst == 0
    assert parse("v=spf1 a -all mx").counted == parse("v=spf1 a").counted
