"""What only a real database can do to the engine: rights, ages of the schema, silence."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncmy
import pytest

from engine.adapters.mailwizz import MailwizzDb, MailwizzSql
from engine.errors import StartRefused
from engine.ids import InstanceId
from engine.ports import MailwizzRefused, MailwizzSilent
from engine.values.server import ServerWish
from tests.support.mailwizz_schema import LEAST, PASSWORD, Installation
from tests.support.mariadb import MariaDb

pytestmark = pytest.mark.real
MAIN = InstanceId("main")
ON_500 = ServerWish(on=True, daily=500)
OFF = ServerWish(on=False, daily=None)
Reach = Callable[..., MailwizzSql]


@pytest.fixture
def late(mariadb: MariaDb) -> Installation:
    return Installation(mariadb, "late", "late")


@pytest.fixture
async def reach() -> AsyncIterator[Reach]:
    """Opens the port to an installation, with settings changed, and closes it after the test."""
    opened: list[MailwizzSql] = []

    def to(installed: Installation, *, deadline: float = 8.0, **changed: object) -> MailwizzSql:
        opened.append(MailwizzSql({MAIN: installed.settings(**changed)}, deadline=deadline))
        return opened[-1]

    yield to
    for port in opened:
        await port.close()


async def refusal(port: MailwizzSql) -> str:
    with pytest.raises(MailwizzRefused) as caught:
        await port.rows(MAIN)
    return str(caught.value)


# --- rights ---------------------------------------------------------------------------------------


async def test_column_grants_are_enough_and_the_password_column_is_out_of_reach(
    late: Installation, reach: Reach, mariadb: MariaDb
) -> None:
    server = late.add("mail1.acme.com")
    told = await reach(late).tell(MAIN, server, ServerWish(on=False, daily=50), ours=False)
    assert (told.status, told.daily) == ("disabled", 50)
    grants = "\n".join(row[0] for row in mariadb.sql(f"SHOW GRANTS FOR {late.user}@'%'"))
    assert "`warmup_plan_id`" in grants
    assert "`password`" not in grants


async def test_a_user_who_may_only_read_can_look_and_is_told_which_right_a_write_needs(
    mariadb: MariaDb, reach: Reach
) -> None:
    installed = Installation(mariadb, "readonly", "late", grants="SELECT")
    server = installed.add("mail1.acme.com")
    port = reach(installed)
    assert len(await port.rows(MAIN)) == 1
    with pytest.raises(MailwizzRefused, match=r"GRANT UPDATE \(daily_quota\)"):
        await port.tell(MAIN, server, ON_500, ours=False)
    with pytest.raises(MailwizzRefused, match=r"GRANT UPDATE \(status\)"):
        await port.tell(MAIN, server, OFF, ours=False)
    assert (await port.rows(MAIN))[0].status == "active"


async def test_a_stop_needs_the_right_to_the_status_alone(mariadb: MariaDb, reach: Reach) -> None:
    grants = LEAST.replace(
        "UPDATE (hourly_quota, daily_quota, status, last_updated)", "UPDATE (status)"
    )
    installed = Installation(mariadb, "stoponly", "late", grants=grants)
    server = installed.add("mail1.acme.com", daily=70)
    told = await reach(installed).tell(MAIN, server, ServerWish(on=False, daily=50), ours=False)
    assert (told.status, told.daily) == ("disabled", 70)


async def test_the_row_says_when_it_was_touched_and_is_not_touched_without_need(
    late: Installation, reach: Reach
) -> None:
    port, server = reach(late), late.add("mail1.acme.com", daily=500, hourly=100)
    await port.tell(MAIN, server, ON_500, ours=False)
    assert late.value(server, "last_updated") == "2020-01-01 00:00:00"
    await port.tell(MAIN, server, ServerWish(on=True, daily=50), ours=False)
    assert late.value(server, "last_updated > NOW() - INTERVAL 1 MINUTE") == "1"


async def test_what_is_switched_off_or_on_never_runs_a_moment_at_another_quota(
    late: Installation, reach: Reach, mariadb: MariaDb
) -> None:
    server, port = late.add("mail1.acme.com", daily=5000), reach(late)
    mariadb.sql(
        f"CREATE TABLE story (id int AUTO_INCREMENT PRIMARY KEY, status char(15), daily int);"
        f"CREATE TRIGGER told AFTER UPDATE ON {late.table} FOR EACH ROW INSERT INTO story"
        " (status, daily) VALUES (NEW.status, NEW.daily_quota)",
        late.name,
    )
    await port.tell(MAIN, server, ServerWish(on=False, daily=200), ours=False)
    await port.tell(MAIN, server, ServerWish(on=True, daily=50), ours=True)
    assert mariadb.sql("SELECT status, daily FROM story ORDER BY id", late.name) == [
        ["disabled", "5000"],
        ["disabled", "200"],
        ["disabled", "50"],
        ["active", "50"],
    ]


async def test_a_wrong_password_is_refused_and_never_repeated_in_the_error(
    late: Installation, reach: Reach
) -> None:
    said = await refusal(reach(late, password="not-the-pass-word"))
    assert "Access denied" in said
    assert "see user, database and password_file of [mailwizz.main]" in said
    assert "not-the-pass-word" not in said


async def test_a_database_that_is_not_there_is_refused(late: Installation, reach: Reach) -> None:
    assert "nowhere" in await refusal(reach(late, database="nowhere"))


def test_settings_show_their_user_and_never_their_password(late: Installation) -> None:
    settings = late.settings()
    assert "late_engine@127.0.0.1" in repr(settings)
    assert PASSWORD not in repr(settings) + str(settings) + repr([settings])


# --- prefixes and ages of the schema --------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "wiz_2_"])
async def test_another_prefix_is_another_table(mariadb: MariaDb, reach: Reach, prefix: str) -> None:
    installed = Installation(mariadb, "prefixed", "late", prefix=prefix)
    server = installed.add("mail1.acme.com")
    port = reach(installed)
    assert (await port.tell(MAIN, server, ON_500, ours=False)).daily == 500


async def test_a_wrong_prefix_is_refused_by_the_name_of_the_table_it_makes(
    late: Installation, reach: Reach
) -> None:
    assert "nope_delivery_server" in await refusal(reach(late, prefix="nope_"))


@pytest.mark.parametrize("prefix", ["mw`; DROP", "mw-", "mw_\n", "mw .", "é"])
def test_a_prefix_that_is_no_name_is_refused_before_anything_is_asked(prefix: str) -> None:
    with pytest.raises(StartRefused, match="prefix"):
        MailwizzDb("127.0.0.1", 3306, "engine", "x", "mailwizz", prefix)


@pytest.mark.parametrize("grants", [LEAST.replace("daily_quota, ", ""), "SELECT, UPDATE"])
async def test_a_schema_without_a_daily_quota_is_refused_by_the_name_of_the_column(
    mariadb: MariaDb, reach: Reach, grants: str
) -> None:
    grants = grants.replace(", warmup_plan_id", "")
    installed = Installation(mariadb, "aged", "old", grants=grants)
    assert "daily_quota" in await refusal(reach(installed))


async def test_a_mailwizz_from_before_warm_up_plans_is_served(
    mariadb: MariaDb, reach: Reach
) -> None:
    installed = Installation(mariadb, "mid", "mid", grants="SELECT, UPDATE")
    server = installed.add("mail1.acme.com", status="disabled")
    told = await reach(installed).tell(MAIN, server, ON_500, ours=True)
    assert (told.status, told.daily, told.own_plan) == ("active", 500, False)


async def test_a_hidden_plan_column_is_refused_because_a_plan_may_be_behind_it(
    mariadb: MariaDb, reach: Reach
) -> None:
    grants = LEAST.replace(", warmup_plan_id", "")
    installed = Installation(mariadb, "hidden", "late", grants=grants)
    assert "GRANT SELECT (warmup_plan_id)" in await refusal(reach(installed))


# --- other hands ----------------------------------------------------------------------------------


@asynccontextmanager
async def another_hand(server: MariaDb, change: str) -> AsyncIterator[asyncmy.Connection]:
    """Somebody else's open transaction: its rows are locked until the body ends it."""
    connection = await asyncmy.connect(unix_socket=server.socket, user="root")
    async with connection.cursor() as cursor:
        await cursor.execute("BEGIN")
        await cursor.execute(change)
    try:
        yield connection
    finally:
        await connection.ensure_closed()


async def test_a_plan_that_came_between_look_and_write_is_not_overwritten(
    late: Installation, reach: Reach, mariadb: MariaDb
) -> None:
    server, port = late.add("mail1.acme.com"), reach(late)
    await port.rows(MAIN)
    attach = f"UPDATE {late.table} SET warmup_plan_id = 3, daily_quota = 20"
    async with another_hand(mariadb, attach) as hand:
        told = asyncio.create_task(port.tell(MAIN, server, ON_500, ours=False))
        await asyncio.sleep(0.2)
        assert not told.done()
        await hand.commit()
        with pytest.raises(MailwizzRefused, match="warm-up plan"):
            await told
    assert late.value(server, "daily_quota") == "20"


async def test_a_server_hidden_between_look_and_write_is_not_switched_on(
    late: Installation, reach: Reach, mariadb: MariaDb
) -> None:
    server, port = late.add("mail1.acme.com", status="disabled"), reach(late)
    async with another_hand(mariadb, f"UPDATE {late.table} SET status = 'hidden'") as hand:
        told = asyncio.create_task(port.tell(MAIN, server, ON_500, ours=True))
        await asyncio.sleep(0.2)
        await hand.commit()
        assert (await told).status == "hidden"


async def test_the_same_quota_from_another_hand_in_between_is_no_refusal(
    mariadb: MariaDb, reach: Reach
) -> None:
    """Nothing is changed by our write then: only FOUND_ROWS tells that from a row that is gone."""
    grants = LEAST.replace(", last_updated", "")
    installed = Installation(mariadb, "equal", "late", grants=grants)
    server, port = installed.add("mail1.acme.com"), reach(installed)
    same = f"UPDATE {installed.table} SET daily_quota = 500, hourly_quota = 100"
    async with another_hand(mariadb, same) as hand:
        told = asyncio.create_task(port.tell(MAIN, server, ON_500, ours=False))
        await asyncio.sleep(0.2)
        await hand.commit()
        assert (await told).daily == 500


async def test_a_server_removed_between_look_and_write_is_refused_as_missing(
    late: Installation, reach: Reach, mariadb: MariaDb
) -> None:
    server, port = late.add("mail1.acme.com"), reach(late)
    async with another_hand(mariadb, f"DELETE FROM {late.table}") as hand:
        told = asyncio.create_task(port.tell(MAIN, server, ON_500, ours=False))
        await asyncio.sleep(0.2)
        await hand.commit()
        with pytest.raises(MailwizzRefused, match="no delivery server"):
            await told


async def test_a_row_that_another_hand_holds_too_long_is_silence_and_frees_the_line(
    late: Installation, reach: Reach, mariadb: MariaDb
) -> None:
    server, port = late.add("mail1.acme.com"), reach(late, deadline=0.4)
    async with another_hand(mariadb, f"UPDATE {late.table} SET status = 'in-use'") as hand:
        with pytest.raises(MailwizzSilent, match=r"0\.4 s"):
            await port.tell(MAIN, server, OFF, ours=False)
        await hand.rollback()
    assert (await port.tell(MAIN, server, OFF, ours=False)).status == "disabled"


async def test_many_at_once_share_a_few_connections(
    late: Installation, reach: Reach, mariadb: MariaDb
) -> None:
    port = reach(late)
    servers = [late.add(f"mail{n}.acme.com") for n in range(10)]
    told = await asyncio.gather(*(port.tell(MAIN, s, ON_500, ours=False) for s in servers * 3))
    assert {row.daily for row in told} == {500}
    query = f"SELECT COUNT(*) FROM information_schema.processlist WHERE user = '{late.user}'"
    assert int(mariadb.sql(query)[0][0]) <= 4


# --- silence --------------------------------------------------------------------------------------


async def test_nobody_listening_is_silence_that_names_the_instance(
    late: Installation, reach: Reach
) -> None:
    with pytest.raises(MailwizzSilent, match="MailWizz main"):
        await reach(late, port=1).rows(MAIN)


async def test_a_socket_path_goes_before_host_and_port(
    late: Installation, reach: Reach, mariadb: MariaDb
) -> None:
    assert await reach(late, socket=mariadb.socket, port=1).rows(MAIN) == ()


async def test_a_restart_of_the_database_between_two_calls_goes_unnoticed(
    late: Installation, reach: Reach, mariadb: MariaDb
) -> None:
    port = reach(late)
    assert await port.rows(MAIN) == ()
    mariadb.stop()
    mariadb.start()
    assert await port.rows(MAIN) == ()


async def test_a_database_that_is_down_is_silence_until_it_is_back(
    late: Installation, reach: Reach, mariadb: MariaDb
) -> None:
    port = reach(late)
    assert await port.rows(MAIN) == ()
    mariadb.stop()
    try:
        with pytest.raises(MailwizzSilent):
            await port.rows(MAIN)
    finally:
        mariadb.start()
    assert await port.rows(MAIN) == ()


async def test_a_frozen_database_is_silence_within_the_deadline_and_recovers(
    late: Installation, reach: Reach, mariadb: MariaDb
) -> None:
    port, server = reach(late, deadline=0.4), late.add("mail1.acme.com")
    await port.rows(MAIN)
    mariadb.signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(MailwizzSilent, match="may or may not"):
            await port.tell(MAIN, server, OFF, ours=False)
        assert time.monotonic() - began < 2
    finally:
        mariadb.signal(signal.SIGCONT)
    assert (await port.tell(MAIN, server, OFF, ours=False)).status == "disabled"
