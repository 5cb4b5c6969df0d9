"""Fixtures that any test may ask for; one line for each plugin."""

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.log_bench",
    "tests.support.pair",
    "tests.support.mariadb",
    "tests.support.sshd",
]


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes that are no text may hold a time or a fresh key, and each process must give a test the same name."""
    if isinstance(val, bytes) and not (val.isascii() and val.decode("ascii").isprintable()):
        return "bytes"
    return None
