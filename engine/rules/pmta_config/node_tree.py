"""The file of a node that is nobody's tenant: its accounting (User's Guide 5.0, 11).

Fields are named, because a program that reads them must not depend on what a version writes by
default; files are moved when they are whole, so that no half line is read.
"""

from typing import NamedTuple

from engine.rules.pmta_config import build
from engine.rules.pmta_config.tree import Document, Section


class Accounting(NamedTuple):
    file: str  # absolute path; PowerMTA numbers those that it moves
    move_to: str  # folder
    move_interval: str = "5m"
    max_size: str = "50M"
    delete_after: str = "8d"
    records: tuple[str, ...] = ("d", "b", "t", "tq", "rb", "f")
    fields: tuple[str, ...] = ("*", "header_X-Campaign")  # of each type of record


def document(accounting: Accounting) -> Document:
    """Raises ValueError on a text that PowerMTA would not read as one word."""
    return Document((_acct_file(accounting),))


def _acct_file(one: Accounting) -> Section:
    settings = [
        ("records", build.listed(one.records)),
        *(
            ("record-fields", f"{build.listed([kind])} {build.listed(one.fields)}")
            for kind in one.records
        ),
        ("move-to", build.token(one.move_to)),
        ("move-interval", build.token(one.move_interval)),
        ("max-size", build.token(one.max_size)),
        ("delete-after", build.token(one.delete_after)),
    ]
    children = [build.directive("acct-file", name, value) for name, value in settings]
    return build.section("acct-file", build.token(one.file), children)
