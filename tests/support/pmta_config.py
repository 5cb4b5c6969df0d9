"""PowerMTA configurations to be judged."""

from engine.rules.pmta_config.finding import Finding, Mode, Target
from engine.rules.pmta_config.load import of_text
from engine.rules.pmta_config.validate import validate

NODE = "log-file /var/log/pmta/log\n<spool /var/spool/pmta>\n</spool>\n"
VMTA = "<virtual-mta a>\nsmtp-source-host 192.0.2.1 a.example\n</virtual-mta>\n"
VMTA_B = "<virtual-mta b>\nsmtp-source-host 192.0.2.2 b.example\n</virtual-mta>\n"


def judged(text: str, target: Target = "5.0", mode: Mode = "ours") -> list[Finding]:
    config = of_text(NODE + text, tolerant=mode == "imported")
    return validate(config, target=target, mode=mode, main="config")


def told(text: str, target: Target = "5.0", mode: Mode = "ours") -> set[tuple[str, str, int]]:
    """Rule, severity and line, counted from the first of ``text``."""
    return {(one.rule, one.severity, one.at.line - 3) for one in judged(text, target, mode)}
