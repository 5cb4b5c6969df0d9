"""Real services that tests start themselves; what is not installed skips a test by name."""

import shutil

import pytest

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # Debian's users lack sbin


def need(program: str, debian_package: str) -> str:
    """The program's path; skips the test, saying what to install, where it is missing."""
    found = shutil.which(program) or shutil.which(program, path=_PATH)
    if found is None:
        pytest.skip(f"{program} is not installed: apt-get install {debian_package}")
    return found
