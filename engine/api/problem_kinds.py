"""What each kind of problem means, and what a client does about it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Kind = Literal[
    "bad-request",
    "bad-json",
    "unauthorized",
    "forbidden",
    "not-found",
    "unknown-path",
    "method-not-allowed",
    "slow-body",
    "taken",
    "refused",
    "try-again",
    "changed",
    "too-large",
    "content-type",
    "invalid",
    "unknown-field",
    "key-reused",
    "effects-only",
    "busy",
    "too-often",
    "too-many",
    "bug",
    "log-unavailable",
    "outcome-unknown",
    "behind",
    "node-silent",
    "views-broken",
]


class Meaning(NamedTuple):
    status: int
    title: str
    todo: str  # for the client; Markdown


KINDS: Mapping[Kind, Meaning] = {
    "bad-request": Meaning(
        400,
        "The request cannot be understood",
        "Read `detail`: a header, the path or the form of the request is not as it must be.",
    ),
    "bad-json": Meaning(
        400,
        "The body is not JSON",
        "Send one JSON value in UTF-8; `detail` says where it breaks off.",
    ),
    "unauthorized": Meaning(
        401,
        "A valid API key is needed",
        "Send `Authorization: Bearer ee_live_…`. A key that was revoked or is over is"
        " replaced by the operator.",
    ),
    "forbidden": Meaning(
        403,
        "This key may not do that",
        "Use a key with the scope that `detail` names, of the tenant that it is about.",
    ),
    "not-found": Meaning(
        404,
        "There is no such thing",
        "Look at the list that `detail` names. What belongs to another tenant is not there"
        " for you.",
    ),
    "unknown-path": Meaning(
        404,
        "There is no such path",
        "Compare the path with `/api/v2/docs`; `detail` names the nearest one.",
    ),
    "method-not-allowed": Meaning(
        405,
        "This path does not know that method",
        "Use one of the methods in the header `Allow`.",
    ),
    "slow-body": Meaning(
        408,
        "The body did not arrive in time",
        "Send the whole body at once, and again; nothing was done.",
    ),
    "taken": Meaning(
        409,
        "It is taken",
        "Choose another name or address; whose it is, is said to nobody else.",
    ),
    "refused": Meaning(
        409,
        "Not as things stand",
        "Read `detail`: it says what stands against it, and what ends that.",
    ),
    "try-again": Meaning(
        409,
        "Somebody else was faster",
        "Repeat the request after `Retry-After`; nothing was done.",
    ),
    "changed": Meaning(
        412,
        "It is not as you saw it last",
        "Read it again, decide anew, and send the new `ETag` in `If-Match`; nothing was done.",
    ),
    "too-large": Meaning(
        413,
        "The body is too large",
        "Send less at once; `detail` says how much is taken.",
    ),
    "content-type": Meaning(
        415,
        "The body must be JSON",
        "Send JSON, and say so: `Content-Type: application/json`.",
    ),
    "invalid": Meaning(
        422,
        "A value cannot be taken",
        "Correct the value at `field`; of a list, `errors` says what is wrong with each."
        " Nothing was done.",
    ),
    "unknown-field": Meaning(
        422,
        "There is no such field",
        "Leave it out, or write the name that `detail` proposes; names are lower case with"
        " underscores.",
    ),
    "key-reused": Meaning(
        422,
        "This Idempotency-Key belongs to another request",
        "Take a new Idempotency-Key for each new request, and the same only to repeat one.",
    ),
    "effects-only": Meaning(
        422,
        "This command is not for people",
        "Ask for what you want with one of the commands that `detail` names; this one only"
        " reports what the engine did.",
    ),
    "busy": Meaning(
        429,
        "Too much is under way",
        "Wait until what you asked for before is answered, then ask again.",
    ),
    "too-often": Meaning(
        429,
        "Too many requests",
        "Wait for the seconds in `Retry-After`; `RateLimit` says how much is left, on every"
        " answer.",
    ),
    "bug": Meaning(
        500,
        "The engine made a mistake",
        "Repeat it with the same Idempotency-Key, which shows whether it was done; tell the"
        " operator, whose log says what happened.",
    ),
    "too-many": Meaning(
        503,
        "Too many connections are open",
        "Wait for `Retry-After`, and keep one connection open instead of making one for each"
        " request. `[api] connections` says how many there may be.",
    ),
    "log-unavailable": Meaning(
        503,
        "The log cannot be reached",
        "Try again after `Retry-After`; nothing was done.",
    ),
    "outcome-unknown": Meaning(
        503,
        "Whether it was done is not known",
        "Repeat it with the same Idempotency-Key: it is done once, and the answer says so.",
    ),
    "behind": Meaning(
        503,
        "Not visible yet",
        "Read again after `Retry-After`; what you wrote is there, and is not visible yet.",
    ),
    "node-silent": Meaning(
        503,
        "A node does not answer",
        "Try again after `Retry-After`; the operator sees why the node is silent. Nothing was"
        " changed.",
    ),
    "views-broken": Meaning(
        503,
        "A read model is broken",
        "Tell the operator: the engine makes the table anew when it is started again.",
    ),
}
