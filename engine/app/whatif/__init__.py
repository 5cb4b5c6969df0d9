"""What if?  The same deciders, reactors and projections in virtual time, against a modelled world.

Real are the log's contract, commands, views, agendas and the performer that works through them.
Modelled are the DNS, the block lists, PowerMTA and the mail; no MailWizz, no people and no domains
stand in the model, so whatever waits for a person waits until the end.
"""

from engine.app.whatif.fleet import Fleet
from engine.app.whatif.fleet_file import load
from engine.app.whatif.listings import Listed, parse
from engine.app.whatif.result import Day, Result
from engine.app.whatif.run import simulate
from engine.app.whatif.volume import Volume

__all__ = ["Day", "Fleet", "Listed", "Result", "Volume", "load", "parse", "simulate"]
