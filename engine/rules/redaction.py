"""What may go into the log of a text that came from outside (DESIGN §3): nothing personal."""

import re

LENGTH_MAX = 200  # characters
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def fragment(text: str) -> str:
    """One line of at most LENGTH_MAX characters, without any token that holds an @."""
    words = [word for word in _CONTROL.sub(" ", text).split() if "@" not in word]
    return " ".join(words)[:LENGTH_MAX]


def one_line(text: str) -> str:
    """A name that is kept as it was written; raises ValueError."""
    if not text or fragment(text) != text:
        raise ValueError("a name is one line of at most 200 letters, without @ or doubled blanks")
    return text
