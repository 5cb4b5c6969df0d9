"""What the DNS says of an address."""

from engine.api.sentences.words import because, names
from engine.events import Recorded
from engine.events.dns import DnsEvent


def say(told: Recorded[DnsEvent]) -> str:
    event = told.event
    ip, why = event.ip, because(event.why)
    if event.names is None:
        return f"the reverse DNS of {ip} was not answered{why}"
    found = names(event.names)
    if event.confirmed is None:
        return f"the reverse DNS of {ip} is {found}; whether it points back was not answered{why}"
    if event.confirmed:
        return f"the reverse DNS of {ip} is {names(event.confirmed)}, which points back to it"
    return f"the reverse DNS of {ip} does not point back to it{why}"
