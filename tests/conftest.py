"""Fixtures that any test may ask for; one line for each plugin."""

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine makes examples is no matter of right or wrong.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.log_bench",
    "tests.support.pair",
    "tests.support.mariadb",
    "tests.support.sshd",
    "tests.support.http_engine",
]


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes that are no text may hold a time or a fresh key, and a test must have one name."""
    if isinstance(val, bytes) and not (val.isascii() and val.decode("ascii").isprintable()):
        return "bytes"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The demo's whole story takes as long as a tenth of all the others together: what begins it
    last waits for it alone.
    """
    items.sort(key=lambda one: not one.nodeid.startswith("tests/e2e/test_story.py"))
