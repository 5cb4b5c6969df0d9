"""What each command of the stand-in does to its state and says, and how they are recognised."""

from collections.abc import Callable
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from engine.demo import pmta_show as show
from engine.demo.pmta_parser import Config

State = dict[str, Any]


class Said(NamedTuple):
    """One answer; the caller waits and drops, so that a server in process need not block."""

    rc: int = 0
    out: str = ""
    err: str = ""
    before_s: float = 0.0
    after_s: float = 0.0
    drop: bool = False  # the connection, before the answer is heard


class Ask(NamedTuple):
    """One command as it was given; ``read`` reads the configuration and may raise ConfigError."""

    state: State
    arguments: list[str]
    form: str
    read: Callable[[], Config]

    @property
    def options(self) -> State:
        options: State = self.state["options"]
        return options


def reload(ask: Ask) -> Said:
    """The mail of a VMTA that is gone is bounced."""
    state, config = ask.state, ask.read()
    gone = state["running"]["vmtas"].keys() - config.vmtas.keys()
    bounced = [queue for queue in state["queues"] if queue.rpartition("/")[2] in gone]
    for queue in bounced:
        del state["queues"][queue]
    state["bounced"] += bounced
    state["running"] = running(config)
    if ask.options["reload_clears_pauses"]:
        clear_pauses(state)
    return Said(0, "Configuration reloaded.\n")


def test(ask: Ask) -> Said:
    ask.read()
    return Said(0, str(ask.options["tested"]))


def pause(ask: Ask) -> Said:
    state, pattern = ask.state, _queue(ask.arguments)
    found = _matching(state, pattern)
    for queue in found:
        state["queues"][queue]["paused"] = True
    if ask.options["pause_holds_later"] and pattern not in state["patterns"]:
        state["patterns"].append(pattern)
    return Said(0, f"{'Queue(s) paused.' if found else ask.options['pause_of_nothing']}\n")


def resume(ask: Ask) -> Said:
    state, pattern = ask.state, _queue(ask.arguments)
    for queue in _matching(state, pattern):
        state["queues"][queue]["paused"] = False
    state["patterns"] = [one for one in state["patterns"] if one != pattern]
    return Said(0, "Queue(s) resumed.\n")


def pause_job(ask: Ask) -> Said:
    ask.state["jobs"] = sorted({*ask.state["jobs"], ask.arguments[0]})
    return Said(0, "paused job.\n")


def resume_job(ask: Ask) -> Said:
    ask.state["jobs"] = [job for job in ask.state["jobs"] if job != ask.arguments[0]]
    return Said(0, "resumed job.\n")


def version(ask: Ask) -> Said:
    return Said(0, show.version(ask.options["version"]))


def status(ask: Ask) -> Said:
    waiting = sum(one["rcp"] for one in ask.state["queues"].values())
    number, started = ask.options["version"], ask.state["started"]
    return Said(0, show.status(ask.form, now(), started, number, waiting))


def queues(ask: Ask) -> Said:
    state = ask.state
    flags = dict(one[2:].partition("=")[::2] for one in ask.arguments if one.startswith("--"))
    pattern = _queue([one for one in ask.arguments if not one.startswith("--")] or ["*/*"])
    rows = [
        _row(queue, one, paused=one["paused"])
        for queue, one in sorted(state["queues"].items(), key=lambda pair: -pair[1]["rcp"])
        if fnmatchcase(queue, pattern)
    ]
    if ask.options["pause_is_listed"]:
        held = [one for one in state["patterns"] if fnmatchcase(one, pattern)]
        rows += [_row(one, {"rcp": 0}, paused=True) for one in held]
    rows = [one for one in rows if flags.get("paused", one["paused"]) == one["paused"]]
    return Said(0, show.queues(ask.form, rows, int(flags.get("maxitems", 20))))


def vmtas(ask: Ask) -> Said:
    rows: dict[str, int] = {}
    for queue, one in ask.state["queues"].items():
        name = queue.rpartition("/")[2]
        rows[name] = rows.get(name, 0) + one["rcp"]
    flags = dict(one[2:].partition("=")[::2] for one in ask.arguments)
    form = ask.form if ask.options["vmtas_have_forms"] else "text"
    return Said(0, show.vmtas(form, rows, int(flags.get("maxitems", 20))))


def vmta_settings(ask: Ask) -> Said:
    found = ask.state["running"]["vmtas"].get(ask.arguments[0])
    if found is None:
        return complain(ask.state, f"Virtual MTA {ask.arguments[0]} does not exist")
    return Said(0, show.vmta_settings(found).replace("/d\n", f"/{ask.options['rate_unit']}\n"))


def settings(ask: Ask) -> Said:
    name = ask.arguments[0].rpartition("/")[2]
    return Said(0, show.settings(ask.state["running"]["vmtas"].get(name)))


COMMANDS: dict[str, Callable[[Ask], Said]] = {
    "reload": reload,
    "test config": test,
    "pause queue": pause,
    "pause job": pause_job,
    "resume queue": resume,
    "resume job": resume_job,
    "show version": version,
    "show status": status,
    "show queues": queues,
    "show topqueues": queues,
    "show vmtas": vmtas,
    "show vmta-settings": vmta_settings,
    "show settings": settings,
}
_ALONE = {"reload", "test config", "show version", "show status"}
_FREE = {"show queues", "show topqueues", "show vmtas"}
_NOT_HERE = {  # commands of PowerMTA that the stand-in has not; they make prefixes ambiguous
    "check", "clear", "delete", "deregister", "digest", "disable", "enable", "list", "register",
    "reset", "resolve", "rotate", "schedule", "set", "trace",
}  # fmt: skip
_NOT_SHOWN = {"disabled", "domains", "jobs", "license", "precache", "registration", "topdomains"}


def find(words: list[str]) -> tuple[str, list[str]]:
    """By unique prefixes, word by word; "" if there is none, or the stand-in does not have it."""
    first = _unique(words[:1], {*(name.split()[0] for name in COMMANDS), *_NOT_HERE})
    second = {name.split()[1] for name in COMMANDS if name.startswith(f"{first} ")}
    name, rest = first, words[1:]
    if second:
        name, rest = f"{first} {_unique(words[1:2], second | _NOT_SHOWN)}", words[2:]
    fits = name in _FREE or len(rest) == (0 if name in _ALONE else 1)
    return (name, rest) if name in COMMANDS and fits else ("", [])


def _unique(given: list[str], among: set[str]) -> str:
    """A whole word is never ambiguous."""
    found = [word for word in among if given and word.startswith(given[0])]
    exact = [word for word in found if word == given[0]]
    return (exact or found)[0] if len(exact or found) == 1 else ""


def complain(state: State, text: str) -> Said:
    """Stream and code of an error are not documented."""
    options = state["options"]
    said = Said(options["error_rc"], f"{text}\n")
    return said if options["errors_to"] == "stdout" else said._replace(out="", err=said.out)


def running(config: Config) -> State:
    return {"vmtas": config.vmtas, "pools": config.pools}


def clear_pauses(state: State) -> None:
    state["patterns"] = []
    for one in state["queues"].values():
        one["paused"] = False


def now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _row(queue: str, one: State, *, paused: bool) -> dict[str, object]:
    held, error = "yes" if paused else "no", str(one.get("error", ""))
    mode = "backoff" if error else "normal"
    row = {"name": queue, "rcp": one["rcp"], "kb": 0.1, "conn": 0, "paused": held, "mode": mode}
    event = {"type": "status", "time": "2026-01-05 09:00:00", "text": error}
    return {**row, "event": [event]} if error else row


def _queue(arguments: list[str]) -> str:
    """``d`` alone means every VMTA's queue of it."""
    return arguments[0] if "/" in arguments[0] else f"{arguments[0]}/*"


def _matching(state: State, pattern: str) -> list[str]:
    return [queue for queue in state["queues"] if fnmatchcase(queue, pattern)]
