"""What is wrong with a configuration, and where."""

from typing import Literal, NamedTuple

from engine.rules.pmta_config.tree import Place

Severity = Literal["error", "warning"]
Target = Literal["4.5", "5.0"]
# What the engine writes holds nothing unknown; what people wrote may, and is kept.
Mode = Literal["ours", "imported"]


class Finding(NamedTuple):
    """Rules E1 to E21 and W1 to W14 (a macro that is defined nowhere), and P1 to P4 for lines that
    cannot be read as meant: P1 neither statement nor tag, P2 broken over lines, P3 a character
    that should not be there, P4 a placeholder."""

    rule: str
    severity: Severity
    at: Place
    message: str
    fix: str

    def __str__(self) -> str:
        return (
            f"{self.at.file}:{self.at.line}: {self.severity} {self.rule}: {self.message} {self.fix}"
        )


def error(rule: str, at: Place, message: str, fix: str) -> Finding:
    return Finding(rule, "error", at, message, fix)


def warning(rule: str, at: Place, message: str, fix: str) -> Finding:
    return Finding(rule, "warning", at, message, fix)
