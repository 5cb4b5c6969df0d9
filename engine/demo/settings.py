"""The configuration of an engine in the demo's world."""

from engine.config import Alerts, Api, Config, MailwizzTable, Node, Smtp, Times
from engine.demo import fleet
from engine.events.host import HostRegistered

HOUR_S = 3600


def settings(host: HostRegistered, *, port: int, node_look_s: int = HOUR_S) -> Config:
    """One node with authority ``act``; MailWizz by a port of its own, so without credentials."""
    node = Node(
        host=host.host,
        port=host.port,
        user=host.user,
        host_key=host.host_key,
        config_dir=host.config_dir,
        pmta=host.pmta,
    )
    mailwizz = MailwizzTable(user="demo", password_file="", database="demo")
    return Config(
        engine_id=fleet.ENGINE,
        allow_reserved_addresses=True,
        api=Api(port=port),
        nodes={fleet.NODE: node},
        mailwizz={fleet.INSTANCE: mailwizz},
        times=Times(node_look_seconds=node_look_s, list_look_sooner_minutes=240),
        smtp=Smtp(port=0),  # no node listens
        alerts=Alerts(repeat_hours=168),  # months pass in minutes, and nobody acknowledges
    )
