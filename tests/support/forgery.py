"""A log with views and images as an engine leaves it, and hands that may do what no role may."""

from contextlib import AsyncExitStack

from engine.app.audit import Asked, audit
from engine.app.finding import Report
from engine.ids import Actor, Position, TenantId
from engine.ports import New, Part, Rebuilt, Slice
from engine.projections import PROJECTIONS
from engine.runtime.laying import codecs_of, lay
from engine.runtime.packing import packed
from engine.runtime.views import Views
from engine.store import codec
from engine.store.digest import digest_of
from engine.store.images import PostgresImages
from engine.store.postgres_log import PostgresLog
from engine.store.read_models import PostgresReadModels
from tests.support.entries import ACME, BOLT, DAY_1, CountingClock, event_id, into, write
from tests.support.event_samples import SAMPLES
from tests.support.log_bench import entries
from tests.support.postgres import Database

EVENTS = 2 * len(SAMPLES) + 6
IMAGE_AT = Position(len(SAMPLES))
WHOLE = Asked()
_VERBS = ("DISABLE", "ENABLE")


async def lived(database: Database) -> None:
    """Every kind of event twice, of a tenant and of the platform; names outside of ASCII; a body
    that Postgres keeps apart; one image; and rows of all views.
    """
    async with AsyncExitStack() as stack:
        log = PostgresLog(database.dsn, CountingClock())
        stack.push_async_callback(log.close)
        await log.lead("main")
        for tenant in (ACME, None):
            await _samples(log, tenant)
        await write(log, into("ü", 901, 902), into("b", 903, tenant=BOLT), cause="größe")
        await write(log, into("ü", 904), into("x" * 60_000, 905), into("b", 906, tenant=BOLT))
        await _views(database, log, stack)


async def _samples(log: PostgresLog, tenant: TenantId | None) -> None:
    of = tenant or "platform"
    for n, event in enumerate(SAMPLES, start=1):
        new = New(event_id(n + (0 if tenant else 500)), event)
        stream = f"{codec.tag_of_event(event).partition('.')[0]}-{of}"
        one = Slice(stream=stream, tenant=tenant, events=[new])
        await log.append([one], actor=Actor("key:1"), cause="a test")


async def _views(database: Database, log: PostgresLog, stack: AsyncExitStack) -> None:
    models = PostgresReadModels(database.dsn, log.fence)
    stack.push_async_callback(models.close)
    images = PostgresImages(database.dsn, log.fence)
    stack.push_async_callback(images.close)
    views, at = Views(PROJECTIONS), Position(0)
    for recorded in await log.read_from(at, 1_000):
        for _ in views.fold(recorded):
            pass
        at = recorded.position
        if at == IMAGE_AT:
            await images.save(at, codecs_of(PROJECTIONS), await _parts(views))
    await lay(models, views, views.all_keys(), lambda _: None)
    made = Rebuilt(at=DAY_1, why="a test", position=at, rows=0)
    await models.swap(codecs_of(PROJECTIONS), made, was=Position(0))


async def _parts(views: Views) -> dict[str, list[Part]]:
    copy = views.copy()
    return {one.name: await packed(one, copy[one.name]) for one in PROJECTIONS}


async def forge(database: Database, *statements: str) -> None:
    """As a superuser who has taken the trigger away first."""
    off, on = (f"ALTER TABLE engine.event {verb} TRIGGER append_only" for verb in _VERBS)
    await database.run(";\n".join((off, *statements, on)))


async def forge_chain(database: Database, after: int = 0) -> None:
    """And every event behind ``after`` gets the digest that now follows, the fence the last one."""
    found = await entries(database)
    digest = next((one.digest for one in found if one.position == after), bytes(32))
    statements: list[str] = []
    for entry in found:
        if entry.position > after:
            digest = digest_of(entry, digest)
            there = f"WHERE position = {entry.position}"
            statements.append(f"UPDATE engine.event SET digest = '\\x{digest.hex()}' {there}")
    fence = f"UPDATE engine.fence SET digest = '\\x{digest.hex()}', position = {len(found)}"
    await forge(database, *statements, fence)


async def forge_event(database: Database, tag: str, body: str, stream: str = "effect-ü") -> None:
    """One more, in the place and with the digest that it would have."""
    await forge(
        database,
        f"INSERT INTO engine.event SELECT position + 1, '{stream}', (SELECT max(version) + 1"
        f" FROM engine.event WHERE stream = '{stream}'), gen_random_uuid(), '{tag}', at, tenant,"
        f" actor, cause, '{body}', digest FROM engine.event ORDER BY position DESC LIMIT 1",
    )
    await forge_chain(database)


async def audited(database: Database, asked: Asked = WHOLE) -> Report:
    return await audit(database.dsn, asked, lambda _what, _done, _of: None)


async def one_wrong(database: Database, asked: Asked = WHOLE) -> str:
    """What is found, where it is a single thing."""
    (found,) = (await audited(database, asked)).wrong
    return str(found)
