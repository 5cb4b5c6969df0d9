"""Failures as clients read them, and what a client may have meant."""

import json
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from engine.api import decode, problems
from engine.api.call import Page
from engine.api.new_ips import NewIp
from engine.api.new_tenants import NewTenant
from engine.api.problem_kinds import KINDS
from engine.api.problems import Problem
from engine.errors import (
    Deposed,
    KeyReused,
    LogUnavailable,
    Rejected,
    UnknownEvent,
    VersionConflict,
    ViewsBroken,
)
from engine.ids import CommandId, Version


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (Rejected("no", code="not_found"), 404, "not-found"),
        (Rejected("no", code="taken"), 409, "taken"),
        (Rejected("no"), 409, "refused"),
        (KeyReused(CommandId("x")), 422, "key-reused"),
        (VersionConflict("ip-x", Version(1), Version(2)), 409, "try-again"),
        (UnknownEvent("ip-x", "ip.new"), 409, "refused"),
        (LogUnavailable("secret host"), 503, "log-unavailable"),
        (Deposed("x"), 503, "outcome-unknown"),
        (ViewsBroken("secret host"), 503, "views-broken"),
        (web.HTTPMethodNotAllowed("PUT", ["GET"]), 405, "method-not-allowed"),
        (web.HTTPNotFound(), 404, "unknown-path"),
        (web.HTTPRequestEntityTooLarge(1, 2), 413, "too-large"),
        (web.HTTPExpectationFailed(), 400, "bad-request"),
    ],
)
def test_each_expected_failure_has_a_problem_of_its_own(
    error: Exception, status: int, kind: str
) -> None:
    found = problems.of(error)
    assert found is not None
    assert (found.status, found.kind) == (status, kind)


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyError("x"), web.HTTPBadGateway()])
def test_what_nobody_expected_is_a_bug(error: Exception) -> None:
    assert problems.of(error) is None


def test_what_may_pass_by_itself_says_when_to_return() -> None:
    for error in (LogUnavailable(), Deposed(), VersionConflict("s", Version(0), Version(1))):
        found = problems.of(error)
        assert found is not None
        assert int(found.headers["Retry-After"]) > 0


def test_a_database_failure_says_nothing_of_the_database() -> None:
    for kind in (LogUnavailable, ViewsBroken):
        found = problems.of(kind("db.internal:5432 refused"))
        assert found is not None
        assert "db.internal" not in found.detail


def test_a_problem_is_told_as_rfc_9457_says() -> None:
    problem = Problem("taken", "this slug is taken", field="$[1].slug", index=1)
    response = problems.response(problem, "/api/v2/tenants")
    assert (response.status, response.content_type) == (409, "application/problem+json")
    assert isinstance(response.body, bytes)
    assert json.loads(response.body) == {
        "type": "urn:email-engine:problem:taken",
        "title": KINDS["taken"].title,
        "status": 409,
        "detail": "this slug is taken",
        "instance": "/api/v2/tenants",
        "field": "$[1].slug",
        "pointer": "/1/slug",
        "index": 1,
    }


@pytest.mark.parametrize(
    ("data", "takes", "field", "detail"),
    [
        (
            b'{"adress": "1.2.3.4"}',
            NewIp,
            "$.adress",
            "there is no field `adress`; did you mean `address`?",
        ),
        (b'{"address": "1.2.3.4"}', NewIp, "$.purpose", "`purpose` is missing"),
        (b'{"address": 1}', NewIp, "$.address", "$.address: expected `str`, got `int`"),
        (
            b'{"address": "1", "purpose": "a", "warmup": "x"}',
            NewIp,
            "$.warmup",
            "$.warmup: invalid enum value 'x'; there are auto, manual",
        ),
        (b'[{"slug": "a"}]', NewTenant | list[NewTenant], "$[0].name", "`name` is missing"),
        (b"3", NewIp, "$", "$: expected `object`, got `int`"),
    ],
)
def test_a_field_that_does_not_fit_is_named(
    data: bytes, takes: Any, field: str, detail: str
) -> None:
    with pytest.raises(Problem) as wrong:
        decode.body(data, takes)
    assert (wrong.value.status, wrong.value.field, wrong.value.detail) == (422, field, detail)


def test_a_wrong_item_of_a_list_is_counted_from_0() -> None:
    good = b'{"slug":"a","name":"a","brand_domain":"a.b","sending_domain_base":"a.b"}'
    with pytest.raises(Problem) as wrong:
        decode.body(b"[" + good + b"," + good[:-1] + b',"x":1}]', NewTenant | list[NewTenant])
    assert (wrong.value.field, wrong.value.index) == ("$[1].x", 1)


@given(st.binary(max_size=200))
def test_no_body_is_a_bug(data: bytes) -> None:
    try:
        decode.body(data, NewTenant | list[NewTenant])
    except Problem as wrong:
        assert wrong.status in (400, 422)


@given(st.dictionaries(st.sampled_from(["after", "limit", "tenant", "x"]), st.text(max_size=9)))
def test_no_query_is_a_bug(query: dict[str, str]) -> None:
    try:
        decode.query(query, Page)
    except Problem as wrong:
        assert wrong.status == 422
