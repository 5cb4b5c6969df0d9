"""MailWizz's delivery-server table in its ages: the columns that matter here.

Own DDL: MailWizz is proprietary and nothing of it is used here.
"""

from typing import Literal

from engine.adapters.mailwizz import MailwizzDb
from engine.ids import ServerId
from tests.support.mariadb import MariaDb

Age = Literal["old", "mid", "late"]  # 1.x without daily_quota; 2.0; 2.1.10 and later with plans

_COLUMNS: dict[str, tuple[Age, ...]] = {
    "server_id int NOT NULL AUTO_INCREMENT PRIMARY KEY": ("old", "mid", "late"),
    "customer_id int NULL": ("old", "mid", "late"),
    "bounce_server_id int NULL": ("old", "mid", "late"),
    "warmup_plan_id int NULL": ("late",),
    "type char(20) NOT NULL DEFAULT 'smtp-pmta'": ("old", "mid", "late"),
    "name varchar(150) NULL": ("old", "mid", "late"),
    "hostname varchar(150) NOT NULL": ("old", "mid", "late"),
    "username varchar(150) NOT NULL DEFAULT ''": ("old", "mid", "late"),
    "password varchar(255) NULL DEFAULT 'kept by MailWizz'": ("old", "mid", "late"),
    "port int NOT NULL DEFAULT 25": ("old", "mid", "late"),
    "probability int NOT NULL DEFAULT 100": ("old", "mid", "late"),
    "second_quota int NOT NULL DEFAULT 0": ("late",),
    "minute_quota int NOT NULL DEFAULT 0": ("late",),
    "hourly_quota int NOT NULL DEFAULT 0": ("old", "mid", "late"),
    "daily_quota int NOT NULL DEFAULT 0": ("mid", "late"),
    "monthly_quota int NOT NULL DEFAULT 0": ("mid", "late"),
    "status char(15) NOT NULL DEFAULT 'inactive'": ("old", "mid", "late"),
    "date_added datetime NOT NULL DEFAULT NOW()": ("old", "mid", "late"),
    "last_updated datetime NOT NULL DEFAULT '2020-01-01'": ("old", "mid", "late"),
}
READ = "server_id, hostname, status, hourly_quota, daily_quota, warmup_plan_id"
WRITE = "hourly_quota, daily_quota, status, last_updated"
LEAST = f"SELECT ({READ}), UPDATE ({WRITE})"
PASSWORD = "s3cret-of-the-engine"


class Installation:
    """One MailWizz database with a user for the engine, granted what ``grants`` says."""

    def __init__(
        self, server: MariaDb, name: str, age: Age, *, grants: str = LEAST, prefix: str = "mw_"
    ) -> None:
        self.server = server
        self.name = name
        self.user = f"{name}_engine"
        self.prefix = prefix
        self.table = f"{name}.{prefix}delivery_server"
        columns = ", ".join(text for text, ages in _COLUMNS.items() if age in ages)
        server.sql(
            f"DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name};"
            f"CREATE TABLE {self.table} ({columns}) ENGINE=InnoDB DEFAULT CHARSET=utf8;"
            f"CREATE OR REPLACE USER {self.user}@'%' IDENTIFIED BY '{PASSWORD}';"
            f"GRANT {grants} ON {self.table} TO {self.user}@'%';"
        )

    def settings(self, **changed: object) -> MailwizzDb:
        usual = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "user": self.user,
            "password": PASSWORD,
            "database": self.name,
            "prefix": self.prefix,
        }
        return MailwizzDb(**(usual | changed))  # type: ignore[arg-type]

    def add(
        self,
        hostname: str,
        *,
        status: str = "active",
        daily: int = 0,
        hourly: int = 0,
        own_plan: bool = False,
    ) -> ServerId:
        plan = {"warmup_plan_id": "3"} if own_plan else {}
        values = {"hostname": f"'{hostname}'", "status": f"'{status}'", "hourly_quota": str(hourly)}
        values |= plan | ({"daily_quota": str(daily)} if daily else {})
        (found,) = self.server.sql(
            f"INSERT INTO {self.table} ({', '.join(values)}) VALUES ({', '.join(values.values())});"
            "SELECT LAST_INSERT_ID();"
        )
        return ServerId(int(found[0]))

    def change(self, server_id: ServerId, assignment: str) -> None:
        """As a person in MailWizz's pages, or its cron, would: behind the engine's back."""
        self.server.sql(f"UPDATE {self.table} SET {assignment} WHERE server_id = {server_id}")

    def value(self, server_id: ServerId, expression: str) -> str:
        text = f"SELECT {expression} FROM {self.table} WHERE server_id = {server_id}"
        return self.server.sql(text)[0][0]
