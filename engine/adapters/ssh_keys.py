"""Which host keys are asked for, and what is said where keys do not open the way."""

from pathlib import Path

from engine.events.host import HostRegistered

RSA = ("rsa-sha2-512", "rsa-sha2-256")
KEYS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")


def algorithms(registered: str) -> list[str]:
    """The registered key's kind first: a host has several.  The others only so that a host without
    that kind shows which key it has.
    """
    own = RSA if registered == "ssh-rsa" else (registered,)
    return [*own, *(one for one in (*KEYS, *RSA) if one not in own)]


def wrong_key(host: HostRegistered, expected: str, found: str) -> str:
    return (
        f"{host.node}: {host.host} port {host.port} shows the host key"
        f" {found}, registered is {expected}; nothing was sent. Find out who"
        f" answers there; if the key was changed on purpose, register the node with the new one"
    )


def no_key(host: HostRegistered, bad: Exception) -> str:
    return (
        f"{host.node}: its registered host key {host.host_key[:40]!r} is none ({bad});"
        " register it with a line as `ssh-keyscan` prints it, without the name"
    )


def not_let_in(host: HostRegistered, key: Path) -> str:
    return (
        f"{host.node}: {host.host} does not let {host.user} in with the engine's key {key};"
        f" add {key.name}'s public part to {host.user}'s authorized_keys there"
    )


def nothing_in_common(host: HostRegistered, odd: Exception) -> str:
    return (
        f"{host.node}: {host.host} and the engine have no way in common to speak: {odd};"
        " its sshd_config (KexAlgorithms, Ciphers, HostKeyAlgorithms) may be too narrow"
    )
