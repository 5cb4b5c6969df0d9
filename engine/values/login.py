"""Who may hand mail to an address: one SMTP user each, with a password that the engine is given."""

from msgspec import Struct


class Login(Struct, frozen=True, gc=False):
    secret: str = ""  # the name of its password; "" = none, and so there is no such user
    why: str = ""  # there is none
