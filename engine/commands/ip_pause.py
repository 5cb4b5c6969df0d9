"""What a person may ask of one address for a while, whatever its phase is."""

from typing import ClassVar

from engine.commands.base import Ask
from engine.ids import IpAddr


class PauseIp(Ask, frozen=True, kw_only=True, tag="ip.pause"):
    """It sends nothing and gets nothing to send; no day counts, and no mail is deleted."""

    stop: ClassVar[bool] = True

    ip: IpAddr
    reason: str


class ResumeIp(Ask, frozen=True, kw_only=True, tag="ip.resume"):
    """End the pause by a person, and nothing else that stops it."""

    rises: ClassVar[bool] = True

    ip: IpAddr
    reason: str = ""


IpPauseCommand = PauseIp | ResumeIp
