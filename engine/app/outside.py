"""What the engine reaches beyond its database, as the configuration names it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from engine import config as configuration
from engine.adapters.egress import Egress
from engine.adapters.mailwizz import MailwizzDb, MailwizzSql
from engine.adapters.mailwizz_api import MailwizzAccess, MailwizzApi
from engine.adapters.resolver import AiodnsResolver
from engine.adapters.secrets_dir import SecretsDir
from engine.adapters.smtp import SmtpGreeter
from engine.adapters.ssh import Ssh
from engine.config import Config
from engine.events.host import HostRegistered
from engine.ids import InstanceId, NodeId
from engine.ports import NoSecrets, Secrets


class Outside(NamedTuple):
    resolver: AiodnsResolver
    ssh: Ssh
    mailwizz: MailwizzSql
    campaigns: MailwizzApi
    greeter: SmtpGreeter
    secrets: Secrets  # of SMTP users


@asynccontextmanager
async def outside(
    config: Config, registered: Callable[[NodeId], HostRegistered | None]
) -> AsyncIterator[Outside]:
    """Connections are made as they are needed, and closed on leaving.  Raises StartRefused."""
    egress = Egress(open=config.allow_reserved_addresses)
    async with AsyncExitStack() as stack:
        resolver = AiodnsResolver(config.dns.nameservers)
        stack.push_async_callback(resolver.close)
        ssh = Ssh(registered, configuration.secret_path(config.ssh.key_file), egress)
        stack.push_async_callback(ssh.close)
        mailwizz = MailwizzSql(_databases(config))
        stack.push_async_callback(mailwizz.close)
        yield Outside(
            resolver=resolver,
            ssh=ssh,
            mailwizz=mailwizz,
            campaigns=MailwizzApi(_apis(config)),
            greeter=SmtpGreeter(egress=egress),
            secrets=SecretsDir(Path(config.secrets_dir)) if config.secrets_dir else NoSecrets(),
        )


def _apis(config: Config) -> dict[InstanceId, MailwizzAccess]:
    return {
        instance: MailwizzAccess(
            base=api.base,
            key=configuration.secret(api.key_file),
            private=configuration.secret(api.private_key_file) if api.private_key_file else "",
        )
        for instance, table in config.mailwizz.items()
        if (api := table.api)
    }


def _databases(config: Config) -> dict[InstanceId, MailwizzDb]:
    return {
        instance: MailwizzDb(
            host=table.host,
            port=table.port,
            user=table.user,
            password=configuration.secret(table.password_file),
            database=table.database,
            prefix=table.prefix,
            socket=table.socket,
        )
        for instance, table in config.mailwizz.items()
    }
