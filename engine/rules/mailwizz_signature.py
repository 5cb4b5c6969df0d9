"""How requests to the API of MailWizz 1.x are signed.

The rule is that of the vendor's PHP client (twisted1919/mailwizz-php-sdk, Http/Request.php, read
2026-11-24); the Python client 1.0.4 sorts and quotes otherwise, and servers refuse its signatures.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

PUBLIC, STAMP, REMOTE = "X-MW-PUBLIC-KEY", "X-MW-TIMESTAMP", "X-MW-REMOTE-ADDR"
SIGNATURE = "X-MW-SIGNATURE"


def headers(
    method: str,
    url: str,
    query: Mapping[str, Any],
    body: Mapping[str, Any],
    *,
    public: str,
    private: str,
    now: int,
) -> dict[str, str]:
    """``url`` without its query; ``now`` in seconds since 1970."""
    special = {PUBLIC: public, STAMP: now, REMOTE: ""}
    joint = "&" if query else "?"
    params = encoded(_sorted({**special, **body}))
    signed = f"{method} {addressed(url, query)}{joint}{params}"
    digest = hmac.new(private.encode(), signed.encode(), hashlib.sha1).hexdigest()
    return {PUBLIC: public, STAMP: str(now), REMOTE: "", SIGNATURE: digest}


def addressed(url: str, query: Mapping[str, Any]) -> str:
    """As it is signed, and as it must be sent."""
    bare = url.rstrip("/")
    return f"{bare}?{encoded(_sorted(query))}" if query else bare


def encoded(params: Mapping[str, Any]) -> str:
    """PHP's http_build_query (RFC 1738): spaces as "+", null left out, nested keys in brackets."""
    return "&".join(_pairs(params.items(), ""))


def _pairs(items: Any, within: str) -> list[str]:
    found: list[str] = []
    for key, value in items:
        name = f"{within}[{key}]" if within else str(key)
        if isinstance(value, Mapping):
            found += _pairs(value.items(), name)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            found += _pairs(enumerate(value), name)
        elif value is not None:
            found.append(f"{_quoted(name)}={_quoted(_text(value))}")
    return found


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    return quote_plus(text, safe="").replace("~", "%7E")


def _sorted(params: Mapping[str, Any]) -> dict[str, Any]:
    """By bytes, upper case first, and the outermost keys alone."""
    return {key: params[key] for key in sorted(params, key=str.encode)}
