"""What the engine reads from MailWizz's API, and what it says when that does not answer well."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from engine.adapters.mailwizz_api import STATS_MAX, MailwizzAccess, MailwizzApi
from engine.demo.mailwizz_api import Behaviour, DemoMailwizzApi
from engine.errors import StartRefused
from engine.ids import InstanceId
from engine.ports import MailwizzRefused, MailwizzSilent
from engine.values.campaign import Campaign

MAIN = InstanceId("main")
KEY, PUBLIC, PRIVATE = "k" * 40, "p" * 40, "s" * 40


@pytest.fixture(params=["2.x", "1.x"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[DemoMailwizzApi]:
    new = request.param == "2.x"
    made = DemoMailwizzApi(key=KEY) if new else DemoMailwizzApi(public=PUBLIC, private=PRIVATE)
    await made.start()
    yield made
    await made.stop()


def port(house: DemoMailwizzApi, base: str = "", key: str = "", seconds: float = 5) -> MailwizzApi:
    new = house._key == KEY
    private = "" if new else PRIVATE
    access = MailwizzAccess(base or house.base, key or (KEY if new else PUBLIC), private)
    return MailwizzApi({MAIN: access}, seconds=seconds)


@pytest.mark.parametrize("clean", [True, False])
async def test_campaigns_are_read_with_their_counts(house: DemoMailwizzApi, clean: bool) -> None:
    house.campaign(
        "ab12cd34ef567",
        "sending",
        processed=1_000,
        delivery_success="990",
        hard_bounces="12",
        soft_bounces=3,
        internal_bounces=1,
        unsubscribes=4,
        complaints="2",
    )
    house.campaign("zz12cd34ef567", "draft")
    base = house.base if clean else f"{house.base}/index.php/"
    assert await port(house, base).campaigns(MAIN) == (
        Campaign(
            uid="ab12cd34ef567",
            status="sending",
            processed=1_000,
            delivered=990,
            hard=12,
            soft=3,
            internal=1,
            unsubscribes=4,
            complaints=2,
        ),
    )


async def test_all_pages_are_read_and_no_more_campaigns_asked_about_than_the_budget_allows(
    house: DemoMailwizzApi,
) -> None:
    for n in range(STATS_MAX + 30):
        house.campaign(f"c{n:012d}")
    assert len(await port(house).campaigns(MAIN)) == STATS_MAX
    assert len(house.asked) == 3 + STATS_MAX


async def test_none_is_none(house: DemoMailwizzApi) -> None:
    assert await port(house).campaigns(MAIN) == ()


async def test_a_wrong_key_is_refused_with_a_word_on_where_it_is_and_never_repeated(
    house: DemoMailwizzApi,
) -> None:
    with pytest.raises(MailwizzRefused, match="the key is not taken") as refused:
        await port(house, key="x" * 40).campaigns(MAIN)
    assert "xxxx" not in str(refused.value)
    assert PRIVATE not in str(refused.value)
    assert KEY not in repr(MailwizzAccess(house.base, KEY, PRIVATE))


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ("page", "with a page and not with JSON"),
        ("other", "without a `records`"),
        ("moved", "elsewhere"),
        ("huge", "more than 4,194,304 bytes"),
    ],
)
async def test_an_answer_that_is_none_is_refused(
    house: DemoMailwizzApi, behaviour: Behaviour, why: str
) -> None:
    house.campaign("ab12cd34ef567")
    house.behaviour = behaviour
    with pytest.raises(MailwizzRefused, match=why):
        await port(house).campaigns(MAIN)


@pytest.mark.parametrize("behaviour", ["down", "silent"])
async def test_one_that_is_down_is_silent_and_answers_again_later(
    house: DemoMailwizzApi, behaviour: Behaviour
) -> None:
    house.campaign("ab12cd34ef567")
    house.behaviour = behaviour
    with pytest.raises(MailwizzSilent, match="the API of MailWizz main"):
        await port(house).campaigns(MAIN)
    house.behaviour = "well"
    assert len(await port(house).campaigns(MAIN)) == 1


@pytest.mark.parametrize(
    ("counts", "missing"),
    [({"complaints": "many"}, "complaints_count"), ({"processed": -1}, "processed_count")],
)
async def test_a_count_that_is_none_is_refused_by_its_name(
    house: DemoMailwizzApi, counts: dict[str, Any], missing: str
) -> None:
    house.campaign("ab12cd34ef567", **counts)
    with pytest.raises(MailwizzRefused, match=missing):
        await port(house).campaigns(MAIN)


async def test_a_number_of_a_campaign_cannot_lead_elsewhere(house: DemoMailwizzApi) -> None:
    house.campaign("../customers")
    with pytest.raises(MailwizzRefused, match="campaign_uid"):
        await port(house).campaigns(MAIN)
    assert len(house.asked) == 1


async def test_one_that_is_not_configured_is_refused(house: DemoMailwizzApi) -> None:
    with pytest.raises(MailwizzRefused, match="no API in the configuration"):
        await port(house).campaigns(InstanceId("other"))


async def test_nobody_listening_is_silence() -> None:
    nobody = MailwizzApi({MAIN: MailwizzAccess("http://127.0.0.1:1/api", KEY)})
    with pytest.raises(MailwizzSilent, match="MailWizz main"):
        await nobody.campaigns(MAIN)


@pytest.mark.parametrize("base", ["", "mailwizz.example", "ftp://mailwizz.example/api", "https://"])
def test_what_is_no_address_is_refused_before_it_starts(base: str) -> None:
    with pytest.raises(StartRefused, match="is no address"):
        MailwizzAccess(base, KEY)


async def test_a_redirect_is_not_followed_and_no_key_goes_there(house: DemoMailwizzApi) -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.path)
        raise web.HTTPTemporaryRedirect(f"{house.base}/{request.match_info['what']}")

    app = web.Application()
    app.router.add_get("/api/{what:.*}", elsewhere)
    async with TestServer(app) as server:
        with pytest.raises(MailwizzRefused):
            await port(house, str(server.make_url("/api"))).campaigns(MAIN)
    assert asked == ["/api/campaigns"], "once, and the real one is never reached"
