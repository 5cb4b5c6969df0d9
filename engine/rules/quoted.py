"""What somebody wrote, in quotes and not longer than a sentence bears."""

LENGTH_MAX = 60  # characters


def quoted(text: str, most: int = LENGTH_MAX) -> str:
    """A record may have 64 KiB, and what it says is repeated in findings, events and messages."""
    return repr(text if len(text) <= most else f"{text[:most]}…")
