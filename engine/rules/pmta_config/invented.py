"""Names that stand in no guide but in many web pages, and old ones, with what there is instead.

From machine-written pages and from configurations that never ran, collected 2026-11-24.
"""

DIRECTIVES = {
    "bind": "Write smtp-source-host IP HOSTNAME in the <virtual-mta>.",
    "binding-rate-limit": "Write max-smtp-msg-rate in the <virtual-mta>.",
    "bounce-classification-file": "Write <bounce-category-patterns>.",
    "bounce-log": "Write an <acct-file> with records b,rb.",
    "dkim-domain": "Write domain-key SELECTOR,DOMAIN,FILE, and dkim-sign yes in <domain>.",
    "dkim-key": "Write domain-key SELECTOR,DOMAIN,FILE, and dkim-sign yes in <domain>.",
    "dkim-selector": "Write domain-key SELECTOR,DOMAIN,FILE, and dkim-sign yes in <domain>.",
    "dkim-signer-domain": "Write domain-key SELECTOR,DOMAIN,FILE, and dkim-sign yes in <domain>.",
    "domain-selection": "Write a <pattern-list>.",
    "job-class": "Write jobid-header or process-x-job in <source>.",
    "listen-on-tcp": "Write smtp-listener ADDRESS:PORT.",
    "map-header-to-column": "Write map-header-to-field in the <acct-file>.",
    "max-connections": "Write max-smtp-out in <domain>.",
    "max-connections-per-source": "Write source-ip-max-smtp-out in <domain>.",
    "process-x-sender": "Remove it.",
    "routing-file": "Write smtp-hosts or queue-to in <domain>.",
    "throttle-rules": "Write max-msg-rate in <domain>, or max-smtp-msg-rate in <virtual-mta>.",
    "use-dkim": "Write dkim-sign yes in <domain>.",
    "virtual-mta-pool": "Write <virtual-mta-pool NAME>, or name the pool as default-virtual-mta.",
    "virtual-mta-pool-map": "Write virtual-mta NAME in the <virtual-mta-pool>.",
    "}": "PowerMTA has no braces; write <tag> and </tag>.",
    "{": "PowerMTA has no braces; write <tag> and </tag>.",
}
TAGS = {
    "bind": "Write smtp-source-host IP HOSTNAME in a <virtual-mta>.",
    "include": "Write the directive: include FILE.",
    "macro": "Write the directive: domain-macro NAME domain,domain.",
    "policy": "Write <domain> or <source>.",
    "rate-limit": "Write max-msg-rate in <domain>, or max-smtp-msg-rate in <virtual-mta>.",
    "route": "Write smtp-hosts in <domain>.",
    "virtualmta": "Write <virtual-mta NAME>.",
}
REPLACED = {
    "auto-cold-virtual-mta": "Write cold-virtual-mta NAME, and a <virtual-mta> of that name.",
    "backoff-max-msg-per-hour": "Write backoff-max-msg-rate N/h.",
    "deliver-local-dsn": "Write suppress-local-dsn in <source>.",
    "dk-sign": "Write dkim-sign.",
    "http-mgmt-source": "Write http-access.",
    "max-msg-per-hour": "Write max-msg-rate N/h.",
    "max-smtp-out-per-source-ip": "Write source-ip-max-smtp-out.",
    "no-http-mgmt-source": "Write http-access.",
    "route": "Write smtp-hosts.",
    "smtp-ip": "Write smtp-listener ADDRESS:PORT.",
    "smtp-port": "Write smtp-listener ADDRESS:PORT.",
    "smtp-source-ip": "Write smtp-source-host IP HOSTNAME.",
    "spool": "Write <spool DIR>.",
    "spool-min-free-space": "Write min-free-space in <spool>.",
}
