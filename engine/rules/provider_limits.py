"""What people may set for one mailbox provider in a VMTA's ``<domain>``: it slows, nothing else.

PowerMTA User's Guide 5.0, 3.3 domain.  What no one sets stays as the operator's own file has it.
"""

from collections.abc import Mapping

from engine.rules.pmta_config import build

PROVIDERS_MAX = 50  # of one VMTA
SETTABLE = (
    "max-connect-rate",
    "max-msg-per-connection",
    "max-msg-rate",
    "max-rcpt-per-message",
    "max-smtp-out",
    "retry-after",
)
_NO_LIMIT = ("0", "unlimited")


def parse_provider(text: str) -> str:
    """A pattern of domains in lower case: gmail.com, *.example, [*.]example.  Raises ValueError."""
    if text == "*":
        raise ValueError("name the provider's domains; what holds for all is the VMTA's quota")
    return build.pattern(text.lower())


def parse_limits(given: Mapping[str, str]) -> dict[str, str]:
    """Raises ValueError that names the directive."""
    return {name: _limit(name, value) for name, value in sorted(given.items())}


def _limit(name: str, value: str) -> str:
    if name not in SETTABLE:
        raise ValueError(f"{name!r} is not to be set for a provider; {', '.join(SETTABLE)} are")
    if value in _NO_LIMIT:
        raise ValueError(
            f"{name} {value} is no limit; leave it out, and to stop an address, quarantine it"
        )
    build.directive("domain", name, build.listed(value.split(",")))
    return value
