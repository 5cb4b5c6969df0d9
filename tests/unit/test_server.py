"""Whose a delivery server is, and what MailWizz was told of it."""

from engine.commands.server import ClaimServer, JudgeServer, PlanServer, ReportServer
from engine.deciders.server import DECIDER
from engine.errors import Rejected
from engine.events.server import (
    ServerClaimed,
    ServerFailed,
    ServerPlanned,
    ServerTold,
    ServerUnknown,
)
from engine.ids import InstanceId, ServerId
from engine.values.server import ServerName, ServerRow, ServerWish
from tests.support.spec import IP, OTHER, DeciderSpec

SPEC = DeciderSpec(DECIDER)
NAME = ServerName(InstanceId("main"), ServerId(3))
CLAIMED = ServerClaimed(ip=IP, instance=NAME.instance, server_id=NAME.server_id)
WISH = ServerWish(on=True, daily=200)
PLANNED = ServerPlanned(ip=IP, wish=WISH)
ROW = ServerRow(ServerId(3), "mail1.acme.example", "active", 200, 40)
OLD = ServerRow(ServerId(3), "mail1.acme.example", "active", 50, 10)


def test_a_server_is_claimed_by_one_address() -> None:
    SPEC.decides(given=[], when=ClaimServer(server=NAME, ip=IP), then=[CLAIMED])
    SPEC.decides(given=[CLAIMED], when=ClaimServer(server=NAME, ip=IP), then=[])
    taken = Rejected("this delivery server is another address's")
    SPEC.decides(given=[CLAIMED], when=ClaimServer(server=NAME, ip=OTHER), then=taken)


def test_one_wish_at_a_time_and_only_for_its_own_address() -> None:
    plan = PlanServer(server=NAME, ip=IP, wish=WISH)
    SPEC.decides(given=[CLAIMED], when=plan, then=[PLANNED])
    open_ = Rejected("what MailWizz was told last is not known; it is looked at first")
    SPEC.decides(given=[CLAIMED, PLANNED], when=plan, then=open_)
    other = Rejected(f"delivery server main/3 is not the server of {OTHER}")
    SPEC.decides(given=[CLAIMED], when=PlanServer(server=NAME, ip=OTHER, wish=WISH), then=other)


def test_a_wish_ends_told_failed_or_unknown() -> None:
    given = [CLAIMED, PLANNED]
    told = ServerTold(ip=IP, wish=WISH, row=ROW)
    SPEC.decides(given=given, when=ReportServer(server=NAME, ip=IP, row=ROW), then=[told])
    no = ReportServer(server=NAME, ip=IP, failed="no such column")
    SPEC.decides(given=given, when=no, then=[ServerFailed(ip=IP, why="no such column")])
    silence = ReportServer(server=NAME, ip=IP, unknown="lost")
    unknown = ServerUnknown(ip=IP, attempt=1, why="lost")
    SPEC.decides(given=given, when=silence, then=[unknown])


def test_only_a_look_ends_an_unknown_one() -> None:
    given = [CLAIMED, PLANNED, ServerUnknown(ip=IP, attempt=1, why="lost")]
    done = ServerTold(ip=IP, wish=WISH, row=ROW)
    SPEC.decides(given=given, when=JudgeServer(server=NAME, ip=IP, row=ROW), then=[done])
    not_written = ServerFailed(ip=IP, why="a look found that it was not written")
    SPEC.decides(given=given, when=JudgeServer(server=NAME, ip=IP, row=OLD), then=[not_written])
    gone = ServerFailed(ip=IP, why="no such row")
    SPEC.decides(given=given, when=JudgeServer(server=NAME, ip=IP, row=None), then=[gone])
