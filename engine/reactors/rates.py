"""Keeps an eye on the bounces, complaints and blocks of each address, in whatever phase it is."""

from datetime import datetime

from engine.effects import NoteRate
from engine.projections.counters_ip import COUNTED_IPS, CountedIp, Said
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules.rates import crossing


def react(view: CountedIp, now: datetime) -> Agenda:
    wants = []
    for signal, line in crossing.LINES.items():
        before = view.said.get(signal, Said())
        count, of = view.counted(signal)
        standing = crossing.standing(line, count, of, before.standing)
        if view.ip and standing != before.standing:
            note = NoteRate(
                tenant=view.tenant,
                ip=view.ip,
                signal=signal,
                standing=standing,
                count=count,
                of=of,
                cycle=before.position,
            )
            wants.append(Want(note))
    return agenda(wants, now)


RATES = Reactor(name="rates", reads=COUNTED_IPS, react=react)
