"""What a DSN says that nobody must read."""

from urllib.parse import parse_qs, urlsplit


def password(dsn: str) -> str:
    """ "" also of what is no DSN: whoever connects says so."""
    try:
        parts = urlsplit(dsn)
    except ValueError:
        return ""
    return parts.password or "".join(parse_qs(parts.query).get("password", ()))
