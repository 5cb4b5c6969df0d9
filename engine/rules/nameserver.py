"""How a name server is written."""

import ipaddress


def parse_nameserver(text: str) -> str:
    """As c-ares reads it, with its port; a host name would have to be resolved first.  Raises
    ValueError.
    """
    address, port = (text, "53") if text.count(":") != 1 else text.split(":")
    if text.startswith("[") and "]" in text:
        address, _, port = text[1:].partition("]")
        port = port.removeprefix(":") or "53"
    try:
        found, number = ipaddress.ip_address(address), int(port)
    except ValueError:
        raise _not_a_server(text) from None
    if not 0 < number < 65536:
        raise _not_a_server(text)
    return f"[{found}]:{number}" if found.version == 6 else f"{found}:{number}"


def _not_a_server(text: str) -> ValueError:
    return ValueError(
        f"nameserver {text!r} is no address: write an IP address, with a port if it is not 53,"
        ' like "127.0.0.1:5353" or "[::1]:5353"'
    )
