"""The configuration: one TOML file, overridden by the environment, secrets by reference only.

Unknown keys are errors that say what was meant.  ``EMAIL_ENGINE__API__PORT=8026`` overrides
``[api] port``.  A secret is named by a ``*_file`` key: a path, or ``credential:<name>`` for one
that systemd hands over in ``$CREDENTIALS_DIRECTORY``.
"""

from engine.config.reading import load, overridden, read
from engine.config.surroundings import (
    block_lists,
    notify_socket,
    secret,
    secret_path,
    secrets,
    under_systemd,
    watchdog_s,
)
from engine.config.tables import (
    Accounting,
    Alerts,
    Api,
    Chat,
    Config,
    Database,
    Mail,
    MailTo,
    MailwizzTable,
    Node,
    Rollouts,
    Smtp,
    Telegram,
    Times,
    node_file,
)

__all__ = [
    "Accounting",
    "Alerts",
    "Api",
    "Chat",
    "Config",
    "Database",
    "Mail",
    "MailTo",
    "MailwizzTable",
    "Node",
    "Rollouts",
    "Smtp",
    "Telegram",
    "Times",
    "block_lists",
    "load",
    "node_file",
    "notify_socket",
    "overridden",
    "read",
    "secret",
    "secret_path",
    "secrets",
    "under_systemd",
    "watchdog_s",
]
