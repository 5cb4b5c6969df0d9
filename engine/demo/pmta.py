"""A stand-in for the ``pmta`` command of PowerMTA: no mail is sent, everything else is as told.

Written from the User's Guide, apart from the engine's own rules.  Where the guide is silent the
stand-in can do either (OPTIONS), and it can fail on demand (``Pmta.fault``).  Its state is one JSON
file in a directory, so that it serves as a command behind a real SSH server as well as in process.
"""

import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from engine.demo import pmta_show as show
from engine.demo.pmta_commands import (
    COMMANDS,
    Ask,
    Said,
    State,
    clear_pauses,
    complain,
    find,
    now,
    running,
)
from engine.demo.pmta_parser import Config, ConfigError, Reader

FORMS = {"--xml": "xml", "--dom": "dom", "--json": "json"}
FOREVER_S = 3600.0
CALLS_MAX = 500  # remembered
OPTIONS: dict[str, Any] = {
    "version": show.VERSION,
    "test_config": True,  # 4.5 has no such command
    "tested": "",  # what `test config` prints when all is well
    "errors_to": "stdout",  # or stderr
    "error_rc": 0,  # or 1
    "empty_wildcard_is_error": False,
    "reload_clears_pauses": False,
    "restart_clears_pauses": True,
    "pause_holds_later": True,  # queues that come into being after the pause
    "pause_is_listed": False,  # as a row of its own while no queue exists
    "pause_of_nothing": "Queue(s) paused.",
    "vmtas_have_forms": True,  # for programs; else the table for people, whatever is asked
    "rate_unit": "d",  # how a rate is shown: 50/d or 50/day
}


class Pmta:
    """``root`` stands before every path in the configuration."""

    def __init__(self, state: Path, root: Path, config: str = "/etc/pmta/config") -> None:
        self._path = state / "state.json"
        self._root, self._config = root, config

    # --- for tests and the demo world

    def start(self) -> None:
        """Reads the configuration, as a start of the daemon does; raises ConfigError."""
        with self._state() as state:
            state["running"] = running(self._read(state))
            state["started"] = now()
            if state["options"]["restart_clears_pauses"]:
                clear_pauses(state)

    def set(self, **options: object) -> None:
        with self._state() as state:
            state["options"].update(options)

    def fault(
        self, command: str, do: str, *, skip: int = 0, times: int = 1, text: str = ""
    ) -> None:
        """``do``: hang, hang after, refuse, say, drop, drop before, slow."""
        one = {"command": command, "do": do, "skip": skip, "times": times, "text": text}
        with self._state() as state:
            state["faults"].append(one)

    def enqueue(self, queue: str, waiting: int, error: str = "") -> None:
        """``domain/vmta`` holds so many recipients; 0: the queue is gone."""
        with self._state() as state:
            held = any(fnmatchcase(queue, pattern) for pattern in state["patterns"])
            was = state["queues"].pop(queue, {"paused": held})
            if waiting:
                state["queues"][queue] = {**was, "rcp": waiting, "error": error}

    def peek(self) -> State:
        with self._state() as state:
            return state

    # --- the command

    def run(self, words: list[str]) -> Said:
        form = FORMS.get(words[0], "text") if words else "text"
        with self._state() as state:
            command, arguments = find(words[1:] if form != "text" else words)
            if not command or (command == "test config" and not state["options"]["test_config"]):
                return complain(state, f"Unknown command: {' '.join(words)}")
            state["calls"] = [*state["calls"][1 - CALLS_MAX :], " ".join([command, *arguments])]
            ask = Ask(state, arguments, form, lambda: self._read(state))
            return _faulty(_due(state, command), COMMANDS[command], ask)

    def _read(self, state: State) -> Config:
        error = state["options"]["empty_wildcard_is_error"]
        return Reader(self._root, empty_wildcard_is_error=error).read(self._config)

    @contextmanager
    def _state(self) -> Iterator[State]:
        """Commands of several connections take turns; a crash leaves the old state or the new."""
        lock = os.open(self._path.with_suffix(".lock"), os.O_RDONLY | os.O_CREAT, 0o644)
        try:  # read-only, for the lock may be another user's: tests prepare what sshd's user runs
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = json.loads(self._path.read_text()) if self._path.exists() else _fresh()
            yield state
            beside = self._path.with_suffix(".new")
            beside.write_text(json.dumps(state, indent=1))
            beside.replace(self._path)
        finally:
            os.close(lock)


def _faulty(fault: State, command: Callable[[Ask], Said], ask: Ask) -> Said:
    text, do = str(fault.get("text", "")), fault.get("do", "")
    instead = {
        "hang": Said(before_s=FOREVER_S),
        "drop before": Said(drop=True),
        "refuse": Said(1, f"{text or 'Error: refused'}\n"),
        "say": Said(0, f"{text}\n"),
    }
    if do in instead:
        return instead[do]
    try:
        said = command(ask)
    except ConfigError as error:
        said = complain(ask.state, str(error))
    return said._replace(
        before_s=float(text or 1) if do == "slow" else 0.0,
        after_s=FOREVER_S if do == "hang after" else 0.0,
        drop=do == "drop",
    )


def _due(state: State, command: str) -> State:
    """The first fault that waits for this command."""
    for fault in state["faults"]:
        if fault["command"] == command and fault["times"]:
            if fault["skip"]:
                fault["skip"] -= 1
            else:
                fault["times"] -= 1
                return dict(fault)
    return {}


def _fresh() -> State:
    empty: State = {"vmtas": {}, "pools": {}}
    return {
        "options": dict(OPTIONS),
        "faults": [],
        "running": empty,
        "started": now(),
        "queues": {},
        "patterns": [],
        "jobs": [],
        "bounced": [],
        "calls": [],
    }


def main(state: str, config: str, words: list[str]) -> int:
    """As a command, where the whole machine is its root."""
    said = Pmta(Path(state), Path("/"), config).run(words)
    time.sleep(said.before_s)
    if said.drop:
        _hang_up(os.getppid())
    time.sleep(said.after_s)
    sys.stdout.write(said.out)
    sys.stderr.write(said.err)
    return said.rc


def _hang_up(pid: int) -> None:
    """Ends the nearest sshd above us, as a broken line would; Linux only."""
    while pid > 1:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition(")")
        if "sshd" in name:
            os.kill(pid, signal.SIGKILL)
            return
        pid = int(rest.split()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
