"""Where a key lies on a node, as people may write it."""

import re

PATH_MAX = 255
_PATH = re.compile(r"(/[A-Za-z0-9._@+-]+)+")  # openssl would take more for a place: file:, pkcs11:


def parse_key_path(text: str) -> str:
    """An absolute path that says what it means; raises ValueError."""
    if len(text) > PATH_MAX or not _PATH.fullmatch(text) or "/.." in text:
        raise ValueError(
            f"{text[:PATH_MAX]!r} is not the path of a key: an absolute one, as in"
            " /etc/pmta/dkim/default.pem"
        )
    return text
