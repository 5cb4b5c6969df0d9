"""PowerMTA's accounting files: bytes in, counts out (PowerMTA 5.0 User's Guide, chapter 11).

CSV as in RFC 4180, with a header line that says which columns there are; columns are found by name
and never by place.  Recipient addresses end here: what leaves is counted.
"""

from engine.rules.accounting.counted import Counted
from engine.rules.accounting.owners import Owner, Owners, Span
from engine.rules.accounting.records import Records
from engine.rules.accounting.refused_since import Since
from engine.rules.accounting.tally import Tally

__all__ = ["Counted", "Owner", "Owners", "Records", "Since", "Span", "Tally"]
