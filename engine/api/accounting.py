"""PowerMTA's accounting webhook: batches of records, counted once each, for the platform alone."""

import re

from msgspec import Struct

from engine.api.call import Answer, Call, Raw
from engine.api.problems import Problem
from engine.errors import Rejected
from engine.ids import NodeId
from engine.projections.nodes import NODES
from engine.rules.accounting import batch as batches
from engine.runtime.batches import Batch, Batches

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_JSON = ("application/json", "application/x-ndjson")
_TYPES = (*_JSON, "text/csv", "application/csv", "text/plain", "application/octet-stream")


class BatchShown(Struct, frozen=True, kw_only=True):
    node: NodeId
    batch: str
    counted: bool  # False: it was counted before
    rows: int
    unreadable: int


async def take(call: Call, raw: Raw) -> Answer:
    """A batch is known by its ``Idempotency-Key``, else by what it holds: the same again is counted
    no second time.
    """
    node = _node(call)
    lines = _lines(raw)
    batch = Batch(node, _name(call), lines)
    try:
        found = await _batches(call).count(batch, call.caller.actor)
    except Rejected as refused:
        raise Problem("key-reused", refused.reason) from refused
    shown = BatchShown(
        node=node,
        batch=batch.file,
        counted=found.position is not None,
        rows=found.rows,
        unreadable=found.unreadable,
    )
    return Answer(shown, 200, found.position)


def _batches(call: Call) -> Batches:
    deps = call.deps
    return Batches(
        log=deps.log,
        views=deps.views,
        clock=deps.clock,
        ids=deps.ids,
        reached=deps.pump.reached,
    )


def _node(call: Call) -> NodeId:
    """One whose accounting comes this way: what is read from files too would count twice."""
    if call.caller.tenant is not None:
        raise Problem("forbidden", "a node's accounting is the platform's; use one of its keys")
    node = NodeId(call.path["node"])
    if call.deps.views.get(NODES, node).registered is None:
        raise Problem("not-found", f"there is no node {node!r}; GET /api/v2/nodes lists them")
    source = call.deps.tuning.accounting.get(node)
    if source is None or not source.http:
        why = (
            f"the accounting of {node} is not taken over HTTP; the configuration says so with"
            f" [nodes.{node}] accounting = {{ http = true }}, and then reads no files of it"
        )
        raise Problem("refused", why)
    return node


def _name(call: Call) -> str:
    name = call.idempotency_key
    if name is not None and not _NAME.fullmatch(name):
        why = "the Idempotency-Key of a batch is up to 128 letters, digits and . _ -"
        raise Problem("bad-request", why)
    return name or ""


def _lines(raw: Raw) -> bytes:
    if raw.content_type not in _TYPES:
        why = f"send text/csv or application/json, not {raw.content_type}"
        raise Problem("content-type", why)
    try:
        return batches.lines(raw.data, json=raw.content_type in _JSON)
    except ValueError as wrong:
        raise Problem("invalid", f"this is no batch of accounting: {wrong}") from wrong
