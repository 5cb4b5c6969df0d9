"""Signs of life for systemd (sd_notify(3)): READY=1, STATUS=, WATCHDOG=1, STOPPING=1."""

import socket


class Systemd:
    """``address`` as in $NOTIFY_SOCKET; "" where nobody listens."""

    def __init__(self, address: str) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def tell(self, *lines: str) -> None:
        """Never raises for a supervisor that is gone: the engine goes on without it."""
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            try:
                channel.sendto("\n".join(lines).encode(), self._address)
            except OSError:
                return
