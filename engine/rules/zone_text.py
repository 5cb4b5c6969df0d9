"""Records as lines of a zone file (RFC 1035 5.1)."""

STRING_MAX = 255  # octets in one string of a TXT record (RFC 1035 3.3)


def txt_line(name: str, text: str) -> str:
    """A TXT record; a text of more than 255 octets is split, and readers join it again."""
    strings = [f'"{_escaped(part)}"' for part in strings_of(text)]
    data = strings[0] if len(strings) == 1 else f"( {' '.join(strings)} )"
    return f"{name}. IN TXT {data}"


def ptr_line(reverse: str, hostname: str) -> str:
    return f"{reverse}. IN PTR {hostname}."


def strings_of(text: str) -> list[bytes]:
    octets = text.encode()
    cuts = range(0, max(len(octets), 1), STRING_MAX)
    return [octets[at : at + STRING_MAX] for at in cuts]


def _escaped(part: bytes) -> str:
    return "".join(_octet(octet) for octet in part)


def _octet(octet: int) -> str:
    if octet in b'"\\':
        return f"\\{chr(octet)}"
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03d}"
