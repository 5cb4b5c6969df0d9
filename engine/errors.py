"""Expected failures.  Anything else that is raised is a bug and stops the daemon."""

from engine.ids import CommandId, EventId, Version


class EngineError(Exception):
    """Base of every error the engine raises on purpose."""


class Rejected(EngineError):
    """The command was understood and refused; the reason is for the caller to read."""

    def __init__(self, reason: str, *, code: str = "refused", index: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code  # "not_found", "taken" or "refused"; the API turns it into a status
        self.index = index  # of the command among several of one request


class KeyReused(EngineError):
    """The same idempotency key came with another body (422)."""

    def __init__(self, command: CommandId) -> None:
        super().__init__(f"{command} was already used for another request")


class VersionConflict(EngineError):
    """Somebody appended to the stream since it was read; read again and decide again."""

    def __init__(self, stream: str, expected: Version, actual: Version) -> None:
        super().__init__(f"{stream}: expected version {expected}, found {actual}")


class RepeatedId(EngineError):
    """This event is in the log already; nothing of the append was written."""

    def __init__(self, event: EventId) -> None:
        super().__init__(f"event {event} is in the log already")


class Deposed(EngineError):
    """Another process leads this log now; this one must end.  The append's outcome is unknown."""


class LogUnavailable(EngineError):
    """The log cannot be reached now; nothing was acknowledged.  Try again."""


class ViewsBroken(EngineError):
    """What readers are given cannot be kept or read: a table was dropped or changed by hand.  The
    next start mends it and makes its rows anew from the log.
    """


class ViewsDiffer(EngineError):
    """What this process knows is not what the log says: it must end, and fold the log anew."""


class StartRefused(EngineError):
    """The engine cannot start; the text says what is wrong, where, and what to do."""


class UnknownEvent(EngineError):
    """A newer engine wrote into this stream what this one cannot read; it decides nothing there."""

    def __init__(self, stream: str, tag: str) -> None:
        super().__init__(
            f"{stream} holds an event {tag!r} that this version does not know;"
            " run the version that wrote it, or a later one"
        )
        self.stream = stream
        self.tag = tag


def innermost(error: BaseException) -> BaseException:
    """The first error within groups of groups: what a person wants to read."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
