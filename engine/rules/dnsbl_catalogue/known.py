"""Every list that the engine knows how to ask."""

from engine.rules.dnsbl_catalogue.block_list import Catalogue
from engine.rules.dnsbl_catalogue.nine import DEFAULT
from engine.rules.dnsbl_catalogue.of_addresses import OF_ADDRESSES
from engine.rules.dnsbl_catalogue.of_domains import OF_DOMAINS
from engine.rules.dnsbl_catalogue.spamhaus import MORE
from engine.rules.dnsbl_catalogue.spamrats import SPAMRATS

OFFERED: Catalogue = {
    one.zone: one for one in (*MORE, *OF_ADDRESSES, *SPAMRATS, *OF_DOMAINS)
}  # off, unless the configuration switches them on
KNOWN: Catalogue = {**DEFAULT, **OFFERED}
