"""How long things take in the life of an address (DESIGN §4, §12)."""

from datetime import timedelta

LISTINGS_WINDOW = timedelta(days=90)  # listings in it count together
LISTINGS_MAX = 3  # the third one in the window rests the address
REMEDY_FROM = 2  # from the second listing on a person must have said cause and remedy
STILL_LISTED = timedelta(days=14)  # then it rests
REST = timedelta(days=30)
MONITORING = timedelta(days=7)
RETIRE_STEPS = 7  # a day each
RETIRE_STEP = timedelta(days=1)
DRAIN_LIMIT = timedelta(days=5)
FCRDNS_EVERY = timedelta(hours=24)
DOMAIN_CONFIRM = timedelta(minutes=10)  # between two looks that make a failure believed
DOMAIN_SILENCE = timedelta(hours=24)  # without an answer, and then people hear of it
COMPANY = timedelta(seconds=20)  # a rollout waits for company of the same file, except a stop
MAILWIZZ_EVERY = timedelta(hours=1)
MAILWIZZ_AFTER = timedelta(seconds=10)  # PowerMTA is begun first, and MailWizz waits no longer
PAUSE_AGAIN = timedelta(minutes=1)  # while a rollout is open
KEY_KEPT = timedelta(days=7)  # a DKIM key that signs no more; what it signed is verified till then
KEY_LOOK_WAITING = timedelta(minutes=15)  # for its record to come or to go
KEY_LOOK_DAILY = timedelta(hours=24)
LOGINS_EVERY = timedelta(minutes=15)  # a look for passwords that were given or changed
ACCOUNTING_WAIT = timedelta(minutes=30)  # after midnight, for what the day before has delivered
