"""Fixtures that any test may ask for; one line for each plugin."""

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.log_bench",
    "tests.support.pair",
    "tests.support.mariadb",
    "tests.support.sshd",
]
