"""Every directive of the PowerMTA 5.0 User's Guides (2019 and, for 5.0r5 to r7, 2020), by where it
may stand and by the type of its value (global and <source>).

Taken down 2026-11-24 from the public copies jnotes.github.io/pmta-doc and
serverok.in/doc/pmta/UsersGuide.html, and from real files for what no guide explains.  Behind a
slash: D deprecated, X removed in 5.0, N only in the guide of 2020, R needs a restart, L in no
guide of 5.0 but in real files.  The types are those of ``value_types``.
"""

WORDS: dict[str, dict[str, str]] = {
    "global": {
        "API-KEY": "http-api-key",
        "BOOL": (
            "always-allow-relaying dummy-smtp-await-slot dummy-smtp-has-chunking "
            "dummy-smtp-has-mailmerge/L dummy-smtp-has-pipelining dummy-smtp-has-verp "
            "dummy-smtp-log-blacklist/L dummy-smtp-update-stats http-csrf-protection "
            "http-log-data http-log-requests http-log-tls http-redirect-to-https "
            "http-tls-allow-tlsv1 http-tls-allow-tlsv1.1 http-tls-allow-tlsv1.2 "
            "http-tls-allow-tlsv1.3/N log-auto-rotation log-file-world-readable "
            "mailmerge-expands-undefined-variables pickup-remove-dot relay-debug "
            "run-as-root/R smtp-await-slot smtp-server-tls-allow-tlsv1 "
            "smtp-server-tls-allow-tlsv1.1 smtp-server-tls-allow-tlsv1.2 "
            "smtp-server-tls-allow-tlsv1.3/N spool-delete-corrupted sync-msg-create/L "
            "sync-msg-update/L thread-reuse track-time-first-attempt/N"
        ),
        "CIDR-INT": "ip-connection-limit",
        "DOMAIN": "relay-domain",
        "DOMAIN-KEY": "domain-key",
        "ENUM rcpt name size": "http-default-sort-order",
        "HTTP-ACCESS": "http-access",
        "INT": (
            "dummy-smtp-blacklist-bounce-percent/L dummy-smtp-latency dummy-smtp-port "
            "edns-udp-length/N host-id http-default-max-items http-mgmt-port/R "
            "http-strict-transport-security-max-age http-tls-dh-key-length/N log-rotate "
            "max-memory-usage-percent/N smtp-server-tls-dh-key-length/N "
            "spool-min-free-space/D thread-max-priority thread-min-priority total-max-file/L "
            "total-max-smtp-in total-max-smtp-out"
        ),
        "INT-OR-AUTO": "spool-max-recipients",
        "LISTENER": "smtp-listener",
        "MACRO": "domain-macro",
        "MX-INT": "mx-connection-limit",
        "NAME": "invalid-virtual-mta-fallback",
        "SOURCE-HOST": "smtp-source-host",
        "TEXT": (
            "custom-dsn-from-header domain-suffix dsn-failed-body-template-from/N "
            "dsn-failed-from-template/N dsn-failed-subject-template/N "
            "dummy-smtp-blacklist-bounce-method/L dummy-smtp-blacklist/L dummy-smtp-ip "
            "enable-signals host-name http-mgmt-source/D http-tls-allow-sslv3/X "
            "http-tls-ca-file http-tls-ciphers http-tls-tlsv1.3-ciphersuites/N include "
            "include-headers-from log-file name-server no-http-mgmt-source/D pickup "
            "pickup-retry-interval/D pid-file/L pmc-acct-min-free-space postmaster "
            "relay-address smtp-ip/D smtp-port/D smtp-proxy-source-host/N "
            "smtp-server-tls-allow-sslv3/X smtp-server-tls-ca-file "
            "smtp-server-tls-certificate smtp-server-tls-ciphers "
            "smtp-server-tls-v1.3-ciphersuites/N spool/D use-proxy volume-audit-api-key/N"
        ),
        "TWO-WORDS": "alias",
    },
    "source": {
        "BOOL": (
            "accept-invalid-recipients add-message-id-header add-received-header "
            "add-x-virtual-mta-header allow-auth allow-chunking allow-empty-x-virtual-mta "
            "allow-mailmerge allow-smtputf8 allow-starttls allow-unencrypted-plain-auth "
            "always-allow-api-submission always-allow-relaying auto-qualify-domain "
            "check-dkim-inbound check-iprev-inbound check-mfrom-inbound/DL check-spf-inbound "
            "disconnect-on-transient-error hide-message-source log-commands log-connections "
            "log-data log-tls process-x-dkim-key process-x-dkim-options process-x-envid "
            "process-x-job process-x-schedule process-x-virtual-mta "
            "reject-invalid-virtual-mta reject-iprev-check-fail reject-iprev-check-permerror "
            "reject-iprev-check-temperror reject-spf-check-fail reject-spf-check-permerror "
            "reject-spf-check-temperror remove-received-headers/L require-auth "
            "require-starttls-before-auth retain-x-dkim-key retain-x-dkim-options "
            "retain-x-job retain-x-schedule retain-x-virtual-mta smtp-service "
            "suppress-local-dsn too-many-rcpts-fails-message trace-dkim-check "
            "trace-iprev-check trace-spf-check verp-default"
        ),
        "EMAIL-LIST": "bcc",
        "ENUM headers full system": "dsn-return-default",
        "ENUM no yes override": "add-date-header",
        "ENUM reception delivery": "date-header-time",
        "INT": "check-spf-inbound-max-void-lookups max-message-hops max-rcpt-per-message",
        "INTERVAL": "smtp-command-timeout smtp-data-timeout",
        "NAME": (
            "default-virtual-mta jobid-header jobid-prefix pattern-list rewrite-list source-group"
        ),
        "RATE": "smtp-max-auth-failure-rate",
        "SIZE-OR-UNLIMITED": "max-message-size",
        "TEXT": (
            "broken-auth-clients/D check-spf-inbound-best-guess/D include remove-header "
            "suppression-lists"
        ),
    },
}
