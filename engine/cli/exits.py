"""Exit codes, which are promises to scripts."""

OK = 0
FAILED = 1
USAGE = 2
NOT_FOUND = 3
UNREACHABLE = 4
REFUSED = 5
WRONG = 6  # a check found something wrong; whoever could not look ends otherwise
DOUBTFUL = 7  # it found what may become wrong
UNKNOWN = 8  # something could not be told
CHANGES = 9  # a plan holds changes
INTERRUPTED = 130  # Ctrl-C

TEXT = """\
exit codes:
  0 done   1 failed   2 wrong usage   3 not found   4 engine unreachable   5 refused   6 found wrong
  7 found doubtful   8 could not tell   9 there is something to change   130 Ctrl-C
"""


class Failed(Exception):
    """Ends the program with this code; the text says what, where, and what to do."""

    def __init__(self, text: str, code: int = FAILED) -> None:
        super().__init__(text)
        self.code = code
