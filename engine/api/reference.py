"""The API about itself: the OpenAPI document, and the same as a page."""

from collections.abc import Callable, Sequence
from functools import cache

from engine.api import openapi, reference_page
from engine.api.call import Answer, Call, Handler, Reading
from engine.api.route import Route

Routes = Callable[[], Sequence[Route]]  # asked for when all are known


def document(routes: Routes) -> Handler:
    @cache
    def written() -> bytes:
        return openapi.written(routes())

    async def handler(_: Call, __: Reading) -> Answer:
        return Answer(written())

    return handler


def page(routes: Routes) -> Handler:
    @cache
    def written() -> bytes:
        return reference_page.page(openapi.document(routes()))

    async def handler(_: Call, __: Reading) -> Answer:
        policy = {"Content-Security-Policy": reference_page.POLICY}
        return Answer(written(), content_type="text/html; charset=utf-8", headers=policy)

    return handler
