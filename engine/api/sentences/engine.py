"""The engine's own life."""

from typing import assert_never

from engine.api.sentences.words import names
from engine.events import Recorded
from engine.events.engine import EngineEvent, EngineLed, ResolverChecked


def say(told: Recorded[EngineEvent]) -> str:
    match told.event:
        case EngineLed(engine=engine, epoch=epoch, version=version):
            return f"the engine {engine} took the lead: epoch {epoch}, version {version}"
        case ResolverChecked(faults=faults) if faults:
            return f"not fit to ask block lists: {names(faults)}"
        case ResolverChecked():
            return "the name servers that are asked are fit to ask block lists"
        case _:
            assert_never(told.event)
