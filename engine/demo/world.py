"""The world of the demo on loopback: a name server, a PowerMTA host, MailWizz and Telegram."""

import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import asyncssh

from engine.demo import fleet
from engine.demo.dns import DemoDns
from engine.demo.fleet import DemoTenant
from engine.demo.mailwizz import DemoMailwizz
from engine.demo.node import DemoNode
from engine.demo.telegram import DemoTelegram
from engine.rules.dnsbl_catalogue import DEFAULT


class DemoWorld(NamedTuple):
    dns: DemoDns
    node: DemoNode
    mailwizz: DemoMailwizz
    telegram: DemoTelegram


@asynccontextmanager
async def world(directory: Path) -> AsyncIterator[DemoWorld]:
    """Started on free ports, and gone without a trace afterwards."""
    async with AsyncExitStack() as stack:
        dns = DemoDns()
        await dns.start()
        stack.push_async_callback(dns.stop)
        furnish(dns)
        node = DemoNode(directory / "node")
        (directory / "node").mkdir()
        await node.start()
        stack.push_async_callback(node.stop)
        node.pmta.set(reload_clears_pauses=True)  # the harder of the two that may be true
        mailwizz = DemoMailwizz(fleet.INSTANCE)
        for one in fleet.IPS:
            mailwizz.add(fleet.INSTANCE, one.hostname)
        telegram = DemoTelegram(token=fleet.TOKEN)
        await telegram.start()
        stack.push_async_callback(telegram.stop)
        yield DemoWorld(dns, node, mailwizz, telegram)


def furnish(dns: DemoDns) -> None:
    """Reverse and forward records of each address, what each domain publishes, and the lists, of
    which SORBS is dead.
    """
    for one in fleet.IPS:
        dns.ptr(one.ip, one.hostname)
        dns.a(one.hostname, one.ip)
    for tenant in fleet.TENANTS:
        _publish(dns, tenant)
    for zone in DEFAULT:
        dns.open(zone)
    dns.behave(fleet.SORBS, "dead")


def _publish(dns: DemoDns, tenant: DemoTenant) -> None:
    """All that mailbox providers want to see; whoever had the other part of the key lost it."""
    domain, mail = tenant.sending_domain_base, f"mx.{tenant.sending_domain_base}"
    dns.soa(domain)
    dns.txt(domain, fleet.spf(*(one.ip for one in fleet.senders(tenant))))
    dns.mx(domain, f"10 {mail}")
    dns.a(mail, fleet.MX_ADDRESS)
    dns.txt(f"_dmarc.{domain}", f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}")
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048).convert_to_public()
    public = base64.b64encode(key.export_public_key("pkcs8-der")).decode()
    dns.txt(f"default._domainkey.{domain}", f"v=DKIM1; k=rsa; p={public}")
