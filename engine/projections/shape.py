"""Does a stored view still mean what this version makes of the log?"""

import hashlib
from collections.abc import Hashable
from functools import cache
from typing import Any, cast

import msgspec

from engine.projections.projection import Projection


def codec_of(projection: Projection[Any]) -> str:
    """Changes with the projection's version, the shape of its views and the tags it folds: an
    earlier engine may have passed over a tag that this one knows.  What was stored under another
    codec is folded anew; nothing else is wrong with it.
    """
    schema = _schema(cast(Hashable, type(projection.initial)))  # mypy doubts it
    columns = ",".join(projection.columns(projection.initial))
    tags = ",".join(sorted(str(kind.__struct_config__.tag) for kind in projection.folds))
    shape = hashlib.sha256(schema + f"{columns};{tags}".encode()).hexdigest()[:12]
    return f"{projection.version}-{shape}"


@cache
def _schema(view: Hashable) -> bytes:
    return msgspec.json.encode(msgspec.json.schema(view), order="sorted")
