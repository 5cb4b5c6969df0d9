"""Every metric by its name: what it says, in which unit, and by which labels.

The thirteen of the user come first (DESIGN §11); some of their names are not what promtool would
choose, and stay.  Labels are bounded by configuration: never an address of mail, a message, a
text.  ``docs/metrics.md`` is made from this table.
"""

from typing import Literal, NamedTuple

Kind = Literal["counter", "gauge", "histogram"]
Whose = Literal[
    "domain",  # from the views: the same after a restart; only the leader shows it
    "engine",  # of this process: counters begin anew when it starts
]


class Named(NamedTuple):
    name: str  # as it is scraped, "_total" included
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    whose: Whose = "engine"


def _domain(name: str, kind: Kind, help: str, *labels: str) -> Named:
    return Named(f"email_engine_{name}", kind, help, labels, "domain")


def _engine(name: str, kind: Kind, help: str, *labels: str) -> Named:
    return Named(f"email_engine_{name}", kind, help, labels)


# --- the thirteen --------------------------------------------------------------------------------

IPS = _domain("ips_total", "gauge", "Sending IPs by status", "tenant", "status")
PROGRESS = _domain(
    *("warmup_progress", "gauge"),
    "Warm-up stages completed of an IP that is WARMING (ACTIVE: all), 0 to 100",
    *("tenant", "ip"),
)
CHECKS = _domain(
    *("blacklist_checks_total", "counter"),
    "Answers of block lists about IPs: clean, listed, refused, unanswered, or unproved, which is"
    " clean or listed by a list that did not prove itself",
    *("tenant", "zone", "outcome"),
)
LISTINGS = _domain(
    *("blacklist_listings_total", "counter"),
    "Confirmed listings of IPs, whether they stopped the IP or not",
    *("tenant", "zone"),
)
VALIDATIONS = _domain(
    *("dns_validations_total", "counter"),
    "Looks at the DNS of sending domains (kind domain) and at the reverse DNS of IPs (kind ptr), by"
    " outcome: ok, warning, error, unknown",
    *("tenant", "kind", "outcome"),
)
SENT = _domain(
    *("emails_sent_total", "counter"),
    "Messages whose fate is known: delivered or bounced",
    *("tenant", "ip"),
)
BOUNCES = _domain(
    *("bounce_rate", "gauge"),
    "Hard bounces of messages sent, over the last 7 days with mail, 0 to 1",
    *("tenant", "ip"),
)
COMPLAINTS = _domain(
    *("complaint_rate", "gauge"),
    "Complaints of messages delivered to providers that report them, over the last 7 days with"
    " mail, 0 to 1",
    *("tenant", "ip"),
)
REQUESTS = _engine(
    *("api_requests_total", "counter"),
    "API requests by method, route and status",
    *("method", "route", "status"),
)
DURATION = _engine(
    *("api_request_duration_seconds", "histogram"),
    "How long the API took to answer",
    *("method", "route"),
)
CONNECTIONS = _engine(
    *("db_connections_active", "gauge"),
    "Connections to Postgres that are open, by what they are for",
    "pool",
)
CELERY = _engine(
    *("celery_tasks_total", "counter"),
    "The same as email_engine_tasks_total, for dashboards that know this name",
    *("kind", "outcome"),
)
CPU = _engine(
    "system_cpu_percent", "gauge", "How busy the processors of the engine's host are, 0 to 100"
)

THIRTEEN = (
    *(IPS, PROGRESS, CHECKS, LISTINGS, VALIDATIONS, SENT, BOUNCES, COMPLAINTS),
    *(REQUESTS, DURATION, CONNECTIONS, CELERY, CPU),
)

# --- the fleet -----------------------------------------------------------------------------------

MESSAGES = _domain(
    *("messages_total", "counter"),
    "Rows of PowerMTA's accounting by mailbox provider and outcome",
    *("tenant", "provider", "outcome"),
)
STAGES = _domain(
    *("warmup_ips", "gauge"),
    "IPs that are WARMING, by stage",
    *("tenant", "stage"),
)
PAUSED = _domain(
    *("paused_ips", "gauge"),
    "IPs that something holds beside their phase: operator, suspension (of the tenant), results and"
    " limiter pause their output, review keeps their cap where it is; one may be held by several",
    *("tenant", "by"),
)
FINISHED = _domain("warmups_finished_total", "counter", "Warm-ups that were finished", "tenant")
CAP = _domain(
    *("cap_messages_per_day", "gauge"),
    "Messages a day that nodes were told to let out, summed over IPs whose output is limited",
    "tenant",
)
ROLLOUTS = _domain(
    *("rollouts_total", "counter"),
    "Rollouts that ended: done, failed, conflict",
    *("tenant", "ending"),
)
FIRING = _domain("alerts_firing", "gauge", "Alerts that fire", "tenant", "name", "severity")
ZONE_ALIVE = _domain("zone_alive", "gauge", "1 while a block list proves itself alive", "zone")
ZONE_HEALTH = _domain(
    *("zone_health", "gauge"),
    "1 for the health that a block list is in now: alive, dead, refusing, silent, lists_everything",
    *("zone", "health"),
)
ZONE_LOOKED = _domain(
    *("zone_last_look_timestamp_seconds", "gauge"),
    "When the last round had a question for a block list, in seconds since 1970",
    "zone",
)
ZONE_ANSWERS = _domain(
    "zone_answers_total",
    "counter",
    "Answers of a block list by outcome, whoever asked",
    *("zone", "outcome"),
)
NODE_ANSWERS = _domain("node_answers", "gauge", "1 while a PowerMTA host answers", "node")
NODE_LOOKED = _domain(
    *("node_last_look_timestamp_seconds", "gauge"),
    "When a PowerMTA host last answered a look, in seconds since 1970",
    "node",
)
NODE_QUEUE = _domain(
    "node_queue_recipients", "gauge", "Recipients in all queues of a PowerMTA host", "node"
)
NODE_QUEUE_BYTES = _domain(
    "node_queue_bytes", "gauge", "Size of the mail in all queues of a PowerMTA host", "node"
)
NODE_CONNECTIONS = _domain(
    *("node_connections", "gauge"),
    "SMTP connections of a PowerMTA host: in from injectors, out to receivers",
    *("node", "direction"),
)
NODE_LOAD = _domain(
    *("node_load1", "gauge"),
    "Processes of a PowerMTA host that ran or waited, on average over a minute",
    "node",
)
NODE_DISK = _domain(
    *("node_disk_used_ratio", "gauge"),
    "Use of the disks that a PowerMTA host writes to, 0 to 1",
    *("node", "mount"),
)
QUEUE = _domain(
    *("queue_recipients", "gauge"),
    "Recipients that wait for the IPs of a tenant, as far as nodes tell",
    "tenant",
)
ACCOUNTING_BEHIND = _domain(
    *("accounting_behind_bytes", "gauge"),
    "Bytes of accounting files that waited at the last look",
    "node",
)
RESOLVER_FAULTS = _domain(
    "resolver_faults", "gauge", "What is wrong with a name server that is asked", "server"
)

# --- the log -------------------------------------------------------------------------------------

HEAD = _engine("log_head_position", "gauge", "The last event of the log")
HEAD_AT = _engine(
    *("log_head_timestamp_seconds", "gauge"),
    "When the last event of the log was accepted, in seconds since 1970",
)
POSITION = _engine("log_position", "gauge", "How far the views have read the log")
LAG = _engine("log_lag_events", "gauge", "Events of the log that the views have not read yet")
AVAILABLE = _engine("log_available", "gauge", "1 while Postgres can be reached by the log")
APPENDS = _engine("log_appends_total", "counter", "Appends to the log, by outcome", "outcome")

# --- the engine ----------------------------------------------------------------------------------

READY = _engine("ready", "gauge", "1 while /readyz says so")
LEADER = _engine("leader", "gauge", "1 while this process leads the log")
EPOCH = _engine("leader_epoch", "gauge", "Rises whenever somebody takes the lead of the log")
ALIVE = _engine("alive", "gauge", "1 while loop, log and agenda are found well")
LOOP_LATE = _engine(
    *("loop_late_seconds", "gauge"),
    "How much later than asked for the loop came to its last look at itself",
)
TASKS = _engine(
    *("tasks_total", "counter"),
    "Effects by kind and outcome: ended, refused, withheld, stuck, unwritten",
    *("kind", "outcome"),
)
AGENDA = _engine(
    *("agenda_effects", "gauge"),
    "Effects that are wanted (state wanted) or under way (state running)",
    "state",
)
NEXT_WAKE = _engine(
    *("agenda_next_wake_timestamp_seconds", "gauge"),
    "When the agenda is to be looked at next, in seconds since 1970",
)
STUCK = _engine(
    "effects_stuck", "gauge", "Effects that ended, changed nothing and are not begun again"
)
BUILD = _engine("build_info", "gauge", "Always 1", "version")

# --- its parts and its host ----------------------------------------------------------------------

PART_SECONDS = _engine(
    *("part_response_seconds", "histogram"),
    "How long a part took to answer: postgres, mailwizz, node, resolver, telegram, mail",
    *("part", "name"),
)
PART_FAILURES = _engine(
    *("part_failures_total", "counter"),
    "Calls of a part that were not answered",
    *("part", "name"),
)
PART_ANSWERED = _engine(
    *("part_last_answer_timestamp_seconds", "gauge"),
    "When a part last answered, in seconds since 1970",
    *("part", "name"),
)
MAILWIZZ_UP = _engine(
    "mailwizz_up", "gauge", "1 if the last call of a MailWizz database was answered", "instance"
)
TELEGRAM_UP = _engine("telegram_up", "gauge", "1 if the last call of Telegram was answered")
MAIL_UP = _engine("mail_up", "gauge", "1 if the server of [mail] took the last mail, or a greeting")
MEMORY = _engine("system_memory_size_bytes", "gauge", "Memory of the engine's host")
MEMORY_FREE = _engine(
    *("system_memory_available_bytes", "gauge"),
    "Memory of the engine's host that programs can still get without swapping",
)
DISK = _engine("system_disk_size_bytes", "gauge", "Size of the disk with the engine's data")
DISK_FREE = _engine(
    *("system_disk_free_bytes", "gauge"),
    "What the engine may still write on the disk with its data",
)

OWN = (
    *(MESSAGES, STAGES, PAUSED, FINISHED, CAP, ROLLOUTS, FIRING),
    *(ZONE_ALIVE, ZONE_HEALTH, ZONE_LOOKED, ZONE_ANSWERS),
    *(NODE_ANSWERS, NODE_LOOKED, NODE_QUEUE, NODE_QUEUE_BYTES, NODE_CONNECTIONS, NODE_LOAD),
    *(NODE_DISK, QUEUE, ACCOUNTING_BEHIND, RESOLVER_FAULTS),
    *(HEAD, HEAD_AT, POSITION, LAG, AVAILABLE, APPENDS),
    *(READY, LEADER, EPOCH, ALIVE, LOOP_LATE, TASKS, AGENDA, NEXT_WAKE, STUCK, BUILD),
    *(PART_SECONDS, PART_FAILURES, PART_ANSWERED, MAILWIZZ_UP, TELEGRAM_UP, MAIL_UP),
    *(MEMORY, MEMORY_FREE, DISK, DISK_FREE),
)
