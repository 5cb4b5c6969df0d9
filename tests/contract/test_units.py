"""The systemd units: as tight as they say, and one like the other."""

import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

from tests.support.needs import need

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
ONE, EACH = "email-engine.service", "email-engine@.service"
EXPOSURE_MAX = 1.5
PROGRAM = "/usr/bin/email-engine"
NAMES = (  # what the unit of one tenant has of its own
    ("Description", "email-engine for %i: keeps its sending IPs healthy"),
    ("ExecStart", "/usr/bin/email-engine run --config /etc/email-engine/%i/engine.toml"),
    ("User", "email-engine-%i"),
    ("Group", "email-engine-%i"),
    ("StateDirectory", "email-engine-%i"),
    ("RuntimeDirectory", "email-engine-%i"),
    ("ConfigurationDirectory", "email-engine/%i"),
    *(
        ("LoadCredential", f"{name}:/etc/email-engine/%i/secrets/{name}")
        for name in ("db-dsn", "ssh-key", "telegram-token")
    ),
)


def settings(unit: str) -> list[tuple[str, str]]:
    """In their order, as `name=value`."""
    lines = (UNITS / unit).read_text().splitlines()
    found = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return [(name, value) for name, _, value in found]


@pytest.mark.parametrize("unit", [ONE, EACH])
def test_a_unit_exposes_as_little_as_this_program_needs(unit: str, tmp_path: Path) -> None:
    program = need("systemd-analyze", "systemd")
    file = tmp_path / unit.replace("@", "@acme")
    file.write_text((UNITS / unit).read_text())
    command = [program, "security", "--offline=true", "--no-pager", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= EXPOSURE_MAX, done.stdout


@pytest.mark.parametrize("unit", [ONE, EACH])
def test_systemd_reads_a_unit_without_a_word(unit: str, tmp_path: Path) -> None:
    program = need("systemd-analyze", "systemd")
    file = tmp_path / unit.replace("@", "@acme")
    text = (UNITS / unit).read_text()
    assert text.count(PROGRAM) >= 1
    file.write_text(text.replace(PROGRAM, sys.executable))  # it is not installed here
    command = [program, "verify", "--man=no", "--recursive-errors=no", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_user_of_one_tenants_engine_is_made_as_its_unit_says(tmp_path: Path) -> None:
    """The longest instance name that a user's name has room for."""
    program = need("systemd-sysusers", "systemd")
    comments = (UNITS / EACH).read_text()
    (line,) = re.findall(r"systemd-sysusers --inline '(.*)'", comments)
    longest = "a" * 18
    (tmp_path / "etc").mkdir()
    made = [program, f"--root={tmp_path}", "--inline", line.replace("acme", longest)]
    subprocess.run(made, capture_output=True, timeout=60, check=True)
    name, _, _, _, _, home, shell = (tmp_path / "etc" / "passwd").read_text().strip().split(":")
    each = dict(settings(EACH))
    assert name == each["User"].replace("%i", longest)
    assert home == f"/var/lib/{each['StateDirectory']}".replace("%i", longest)
    assert shell.endswith("nologin")


def test_the_recipe_for_one_tenant_names_what_its_unit_hands_over() -> None:
    """The configuration that the documentation shows fits the unit's paths and credentials."""
    text = (UNITS.parents[1] / "docs" / "operations.md").read_text()
    recipe = text.partition("## An engine for one tenant")[2].partition("\n## ")[0]
    each = settings(EACH)
    config = re.search(r"((?:^    .*\n)+)", recipe[recipe.index("    engine_id") :], re.M)
    assert config, "it shows a configuration"
    read = tomllib.loads(textwrap.dedent(config[1]))
    handed = {value.partition(":")[0] for name, value in each if name == "LoadCredential"}
    shown = {read["database"]["dsn_file"], read["ssh"]["key_file"], read["telegram"]["token_file"]}
    assert shown == {f"credential:{name}" for name in handed}
    assert read["data_dir"] == f"/var/lib/{dict(each)['StateDirectory']}".replace("%i", "acme")
    assert read["engine_id"] == "acme"


def test_the_unit_of_one_tenant_differs_in_names_and_paths_alone() -> None:
    one, each = settings(ONE), settings(EACH)
    assert [name for name, _ in one] == [name for name, _ in each]
    other = [there for here, there in zip(one, each, strict=True) if here != there]
    assert sorted(other) == sorted(NAMES)
    shared = {value for name, value in each if name in dict(NAMES) and "%i" not in value}
    assert shared == set(), "two tenants' engines would share it"


@pytest.mark.parametrize("unit", [ONE, EACH])
def test_a_unit_gives_secrets_as_credentials_and_watches(unit: str) -> None:
    found = settings(unit)
    given = dict(found)
    assert (given["Type"], given["WatchdogSec"], given["Restart"]) == ("notify", "30", "on-failure")
    assert given["StateDirectoryMode"] == "0700"
    secrets = [value for name, value in found if name == "LoadCredential"]
    assert {one.partition(":")[0] for one in secrets} == {"db-dsn", "ssh-key", "telegram-token"}
    words = " ".join(value for name, value in found if name.startswith("Environment"))
    assert "EMAIL_ENGINE" not in words, "no secret stands in the environment"
