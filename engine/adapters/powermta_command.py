"""The ``pmta`` command of one node: each call is one question, and believes only clear answers."""

import asyncio
import re
import shlex
from collections.abc import Sequence
from typing import Literal

from engine.adapters import powermta_measures as shown
from engine.adapters import powermta_text as text
from engine.adapters.ssh import Ssh
from engine.ids import NodeId
from engine.ports import NodeRefused
from engine.rules.job import parse_job
from engine.values.node import Depth, Measures
from engine.values.vmta import Running

LEVER_S = 8  # its callers wait for ten
SHOW_S = 20
LOAD_S = 120
AT_ONCE = 3  # questions about VMTAs; of the sessions of a connection some are left for stops
QUEUES_MAX = 5000  # shown at once
ERRING_MAX = 1000
_VMTA = re.compile(r"[A-Za-z0-9._-]+")  # a wildcard here would stop, or free, others' mail


class Command:
    def __init__(self, ssh: Ssh, node: NodeId) -> None:
        self._ssh, self.node = ssh, node
        self._pmta = shlex.split(ssh.host(node).pmta)  # may be "sudo -n /usr/sbin/pmta"

    async def test(self, kind: Literal["foreign", "invalid"], *, goes: str = "") -> bool:
        """False: this PowerMTA has no ``test config``.  Raises NodeRefused of ``kind``, but for an
        error in the file that ``goes``: a person's edit, which is overwritten."""
        rc, said = await self._say("test", "config", limit=LOAD_S)
        if text.unknown_command(said):
            return False
        line = text.error(said)
        if goes and text.file_of(line) == goes:
            return True
        if line or rc:
            whose = "as it stands" if kind == "foreign" else "with the new file"
            raise self._refused(f"the configuration {whose} does not pass", line or said, kind)
        return True

    async def reload(self, own: str, *, tested: bool) -> None:
        """An error elsewhere than in our ``own`` file is foreign, unless a test has just passed."""
        rc, said = await self._say("reload", limit=LOAD_S)
        line = text.error(said)
        if line:
            foreign = not tested and text.file_of(line) not in ("", own)
            kind: Literal["foreign", "invalid"] = "foreign" if foreign else "invalid"
            raise self._refused("PowerMTA did not load the configuration", line, kind)
        if rc or not text.says(said, text.RELOADED):
            raise self._refused("PowerMTA did not say that it loaded the configuration", said)

    async def running(self, vmtas: Sequence[str]) -> tuple[Running, ...]:
        """Of those that are defined, in the order asked."""
        found: list[Running | None] = []
        for at in range(0, len(vmtas), AT_ONCE):
            asked = [self._running(one) for one in vmtas[at : at + AT_ONCE]]
            for answer in await asyncio.gather(*asked, return_exceptions=True):
                if isinstance(answer, BaseException):
                    raise answer
                found.append(answer)
        return tuple(one for one in found if one)

    async def pause(self, vmta: str) -> None:
        rc, said = await self._say("pause", "queue", f"*/{_name(vmta)}", limit=LEVER_S)
        if rc or not (text.says(said, text.PAUSED) or text.nothing_matched(said)):
            raise self._refused(f"the queues of {vmta} were not paused", said)

    async def resume(self, vmta: str) -> None:
        rc, said = await self._say("resume", "queue", f"*/{_name(vmta)}", limit=LEVER_S)
        if rc or not (text.says(said, text.RESUMED) or text.nothing_matched(said)):
            raise self._refused(f"the queues of {vmta} were not resumed", said)

    async def pause_job(self, job: str) -> None:
        await self._job("pause", job, text.JOB_PAUSED)

    async def resume_job(self, job: str) -> None:
        await self._job("resume", job, text.JOB_RESUMED)

    async def _job(self, do: Literal["pause", "resume"], job: str, done: str) -> None:
        """A job of which nothing waits is none that failed; whether the lever holds what is
        injected later is documented nowhere.
        """
        rc, said = await self._say(do, "job", parse_job(job), limit=LEVER_S)
        if text.unknown_command(said):
            raise NodeRefused(f"{self.node}: this PowerMTA has no `{do} job`", "lacking")
        if rc or not (text.says(said, done) or text.no_such_job(said)):
            raise self._refused(f"the mail of job {job}: `{do} job` was not obeyed", said)

    async def status(self) -> text.Status:
        return (await self.measured())[0]

    async def measured(self) -> tuple[text.Status, Measures]:
        rc, said = await self._say("--dom", "show", "status")
        found = text.status(said)
        if rc or found is None:
            raise self._refused("PowerMTA does not say that it runs", said, "down")
        return found, shown.measures(said)

    async def depths(self) -> dict[str, Depth] | None:
        """By VMTA; those that are not named have nothing that waits.  None: it does not tell, or
        there are more of them than it shows.
        """
        rc, said = await self._say("--dom", "show", "vmtas", f"--maxitems={QUEUES_MAX}")
        found = None if rc or text.error(said) else shown.vmtas(said, QUEUES_MAX)
        if found is None or not found.all:
            return None
        return shown.together(found.depths, await self._erring())

    async def _erring(self) -> dict[str, Depth]:
        flags = ("--errors", "--no-rcpt-events", f"--maxitems={ERRING_MAX}", "*/*")
        rc, said = await self._say("--dom", "show", "topqueues", *flags)
        return {} if rc or text.unknown_command(said) else shown.erring(said)

    async def still(self) -> tuple[str, ...]:
        """VMTAs that have paused queues and no other."""
        paused = await self._queues("yes", "*/*", QUEUES_MAX)
        names = {
            one.vmta for one in paused if one.paused is not False and _VMTA.fullmatch(one.vmta)
        }
        if not names:
            return ()
        others = await self._queues("no", "*/*", QUEUES_MAX)
        if len(others) < QUEUES_MAX:
            return tuple(sorted(names - {one.vmta for one in others if not one.paused}))
        return tuple([one for one in sorted(names) if not await self._moves(one)])

    async def _moves(self, vmta: str) -> bool:
        return any(not one.paused for one in await self._queues("no", f"*/{vmta}", 1))

    async def _queues(
        self, paused: Literal["yes", "no"], pattern: str, most: int
    ) -> list[text.Queue]:
        flags = (f"--paused={paused}", "--no-rcpt-events", f"--maxitems={most}")
        rc, said = await self._say("--dom", "show", "queues", *flags, pattern)
        found = text.queues(said)
        if rc or (not found and text.error(said)) or text.unknown_command(said):
            raise self._refused("PowerMTA did not show its queues", said)
        return found

    async def _running(self, vmta: str) -> Running | None:
        """The text for a VMTA that is not defined is documented nowhere: what shows no source host
        counts as such only if PowerMTA runs.
        """
        _, said = await self._say("show", "vmta-settings", _name(vmta))
        found = text.running(vmta, said)
        if found is None and text.unknown_command(said):
            why = "this PowerMTA cannot show what a VMTA runs with (`pmta show vmta-settings`)"
            raise self._refused(why, said)
        if found is None and not text.no_such_vmta(said):
            await self.status()
        return found

    async def _say(self, *words: str, limit: int = SHOW_S) -> tuple[int, str]:
        rc, out, err = await self._ssh.run(self.node, [*self._pmta, *words], limit=limit)
        return rc, f"{out}\n{err}"

    def _refused(
        self, what: str, said: str, kind: Literal["foreign", "invalid", "down", "node"] = "node"
    ) -> NodeRefused:
        lines = " / ".join(line.strip() for line in said.splitlines() if line.strip())
        return NodeRefused(f"{self.node}: {what}: {lines[:300] or 'no word'}", kind)


def _name(vmta: str) -> str:
    if not _VMTA.fullmatch(vmta):
        raise ValueError(f"{vmta!r} is no VMTA's name")
    return vmta
