"""Every directive of the 5.0 and 5.0r5 User's Guides that is not removed, by where it may stand.

``bool``, ``int`` and ``rate`` values are checked, ``text`` is not.
"""

WORDS: dict[str, dict[str, str]] = {
    "global": {
        "bool": (
            "always-allow-relaying dummy-smtp-await-slot dummy-smtp-has-chunking "
            "dummy-smtp-has-mailmerge dummy-smtp-has-pipelining dummy-smtp-has-verp "
            "dummy-smtp-log-blacklist dummy-smtp-update-stats http-csrf-protection http-log-data "
            "http-log-requests http-log-tls http-redirect-to-https http-tls-allow-tlsv1 "
            "http-tls-allow-tlsv1.1 http-tls-allow-tlsv1.2 http-tls-allow-tlsv1.3 "
            "log-auto-rotation log-file-world-readable mailmerge-expands-undefined-variables "
            "pickup-remove-dot relay-debug run-as-root smtp-await-slot "
            "smtp-server-tls-allow-tlsv1 smtp-server-tls-allow-tlsv1.1 "
            "smtp-server-tls-allow-tlsv1.2 smtp-server-tls-allow-tlsv1.3 spool-delete-corrupted "
            "sync-msg-create sync-msg-update thread-reuse track-time-first-attempt"
        ),
        "int": (
            "dummy-smtp-blacklist-bounce-percent dummy-smtp-latency dummy-smtp-port "
            "edns-udp-length host-id http-default-max-items http-mgmt-port "
            "http-strict-transport-security-max-age http-tls-dh-key-length log-rotate "
            "max-memory-usage-percent smtp-server-tls-dh-key-length spool-min-free-space "
            "thread-max-priority thread-min-priority total-max-file total-max-smtp-in "
            "total-max-smtp-out"
        ),
        "text": (
            "alias custom-dsn-from-header domain-key domain-macro domain-suffix "
            "dsn-failed-body-template-from dsn-failed-from-template dsn-failed-subject-template "
            "dummy-smtp-blacklist dummy-smtp-blacklist-bounce-method dummy-smtp-ip enable-signals "
            "host-name http-access http-api-key http-default-sort-order http-mgmt-source "
            "http-tls-ca-file http-tls-ciphers http-tls-tlsv1.3-ciphersuites include "
            "include-headers-from invalid-virtual-mta-fallback ip-connection-limit log-file "
            "mx-connection-limit name-server no-http-mgmt-source pickup pickup-retry-interval "
            "pid-file pmc-acct-min-free-space postmaster relay-address relay-domain smtp-ip "
            "smtp-listener smtp-port smtp-proxy-source-host smtp-server-tls-ca-file "
            "smtp-server-tls-certificate smtp-server-tls-ciphers "
            "smtp-server-tls-v1.3-ciphersuites smtp-source-host spool spool-max-recipients "
            "use-proxy volume-audit-api-key"
        ),
    },
    "spool": {
        "bool": "delete-file-holders deliver-only",
        "int": "priority",
        "text": "min-free-space",
    },
    "bounce-processor": {
        "bool": "deliver-matched-email deliver-unmatched-email",
        "text": "deliver-email forward-errors-to forward-unmatched-to",
    },
    "feedback-loop-processor": {
        "bool": "deliver-matched-email deliver-unmatched-email",
        "text": "deliver-email forward-errors-to forward-unmatched-to",
    },
    "address-list": {
        "text": "address address-file domain",
    },
    "email-patterns": {
        "bool": "log-match-info",
        "text": "body-pattern-file",
    },
    "source": {
        "bool": (
            "accept-invalid-recipients add-message-id-header add-received-header "
            "add-x-virtual-mta-header allow-auth allow-chunking allow-empty-x-virtual-mta "
            "allow-mailmerge allow-smtputf8 allow-starttls allow-unencrypted-plain-auth "
            "always-allow-api-submission always-allow-relaying auto-qualify-domain "
            "check-dkim-inbound check-iprev-inbound check-mfrom-inbound check-spf-inbound "
            "disconnect-on-transient-error hide-message-source log-commands log-connections "
            "log-data log-tls process-x-dkim-key process-x-dkim-options process-x-envid "
            "process-x-job process-x-schedule process-x-virtual-mta reject-invalid-virtual-mta "
            "reject-iprev-check-fail reject-iprev-check-permerror reject-iprev-check-temperror "
            "reject-spf-check-fail reject-spf-check-permerror reject-spf-check-temperror "
            "remove-received-headers require-auth require-starttls-before-auth retain-x-dkim-key "
            "retain-x-dkim-options retain-x-job retain-x-schedule retain-x-virtual-mta "
            "smtp-service suppress-local-dsn too-many-rcpts-fails-message trace-dkim-check "
            "trace-iprev-check trace-spf-check verp-default"
        ),
        "int": "check-spf-inbound-max-void-lookups max-message-hops",
        "rate": "smtp-max-auth-failure-rate",
        "text": (
            "add-date-header bcc broken-auth-clients check-spf-inbound-best-guess "
            "date-header-time default-virtual-mta dsn-return-default include jobid-header "
            "jobid-prefix max-message-size max-rcpt-per-message pattern-list remove-header "
            "rewrite-list smtp-command-timeout smtp-data-timeout source-group suppression-lists"
        ),
    },
    "smtp-user": {
        "text": "authentication-method password source tls-certificate",
    },
    "source-group": {
        "int": "max-smtp-in reserved-smtp-in",
    },
    "domain": {
        "bool": (
            "add-x-msys-api-header allow-cancel-during-transfer allow-priority-interruption "
            "allow-priority-interruption-during-transfer "
            "assume-delivery-upon-data-termination-timeout backoff-to-normal-after-delivery "
            "backoff-upon-all-sources-disabled bounce-upon-5xx-greeting "
            "bounce-upon-pix-transfer-failure bounce-upon-transfer-failure check-spf-outbound "
            "deliver-local-dsn disable-mx-rollup discard-as-bounce dk-sign dkim-add-body-limit "
            "dkim-add-timestamp dkim-sign ignore-8bitmime ignore-chunking ignore-dsn "
            "ignore-pipelining log-commands log-connections log-data log-disabled-ips "
            "log-messages log-resolution log-tls log-transfer-failures "
            "macro-variables-preserve-case pix-bug-workaround replace-smtp-421-service-response "
            "require-starttls retry-upon-new-mail reuse-ssl-session second-dkim-add-body-limit "
            "second-dkim-add-timestamp second-dkim-sign smtp-421-means-mx-unavailable "
            "smtp-553-means-invalid-mailbox smtp-tls-allow-tlsv1 smtp-tls-allow-tlsv1.1 "
            "smtp-tls-allow-tlsv1.2 smtp-tls-allow-tlsv1.3 sparkpost-sandbox "
            "track-recipient-events use-dane use-mta-sts use-starttls use-unencrypted-plain-auth"
        ),
        "int": (
            "backoff-max-smtp-out default-smtp-port max-events-recorded max-rcpt-per-transaction "
            "mx-connection-attempts queue-priority"
        ),
        "rate": (
            "backoff-max-connect-rate backoff-max-msg-rate max-connect-rate max-msg-rate "
            "source-ip-max-connect-rate source-ip-max-msg-rate"
        ),
        "text": (
            "auth-password auth-username backoff-max-data-volume-rate backoff-max-msg-per-hour "
            "backoff-notify backoff-reroute-to-virtual-mta backoff-retry-after "
            "backoff-to-normal-after bcc-upon-delivery bounce-address bounce-after "
            "bounce-upon-no-mx command connect-timeout connection-idle-timeout data-send-timeout "
            "delivery-priority disable-acct-records disabled-source-ip-notify dkim-algorithm "
            "dkim-body-canon dkim-disallow-adding-headers dkim-expire-after dkim-headers "
            "dkim-headers-canon dkim-identity dkim-identity-fallback dkim-query-method dsn-format "
            "file-destination file-format http-delivery-extra-headers http-delivery-url include "
            "max-cold-virtual-mta-msg max-data-volume-rate max-errors-per-connection "
            "max-msg-per-connection max-msg-per-hour max-rcpt-per-message max-smtp-out "
            "max-smtp-out-per-source-ip notify-of-delay-every queue-to reenable-source-ip-after "
            "remove-header reroute-to-virtual-mta retry-after retry-after-dns-error "
            "retry-recipients-after route second-dkim-algorithm second-dkim-body-canon "
            "second-dkim-disallow-adding-headers second-dkim-expire-after second-dkim-headers "
            "second-dkim-headers-canon second-dkim-identity second-dkim-identity-fallback "
            "second-dkim-query-method smtp-client-certificate smtp-data-termination-timeout "
            "smtp-greeting-timeout smtp-hosts smtp-multiple-line-response-timeout "
            "smtp-out-rampup-interval smtp-pattern-list smtp-tls-ca-file smtp-tls-ciphers "
            "smtp-tls-tlsv1.3-ciphersuites source-ip-max-data-volume-rate source-ip-max-smtp-out "
            "sparkpost-ip-pool type"
        ),
    },
    "acct-file": {
        "bool": "count-moved-records http-webhook-log-verbose iso-times sync world-readable",
        "text": (
            "delete-after http-webhook-ca-file http-webhook-certificate "
            "http-webhook-connect-timeout http-webhook-extra-headers http-webhook-io-timeout "
            "http-webhook-max-interval http-webhook-transfer-encoding http-webhook-url "
            "map-header-to-field max-size move-interval move-to privacy-policy queue-filter "
            "record-fields records retry-interval user-string write-timeout"
        ),
    },
    "virtual-mta": {
        "int": "proxy-protocol",
        "rate": "max-smtp-msg-rate",
        "text": (
            "auto-cold-virtual-mta cold-virtual-mta domain-key enable-signals host-name include "
            "include-headers-from max-smtp-data-volume-rate max-smtp-out rewrite-list "
            "smtp-proxy-source-host smtp-source-host use-proxy"
        ),
    },
    "virtual-mta-pool": {
        "rate": "max-smtp-msg-rate",
        "text": (
            "cold-virtual-mta domain-key enable-signals include-headers-from "
            "max-smtp-data-volume-rate max-smtp-out rewrite-list virtual-mta"
        ),
    },
    "pattern-list": {
        "text": "header mail-from rcpt-to",
    },
    "smtp-pattern-list": {
        "text": "include reply",
    },
    "dns": {
        "int": "precached-max-domains",
        "text": "precached-domains-file precached-refresh-interval",
    },
    "smtp-listener": {
        "bool": (
            "await-slot immediate-tls tls-allow-tlsv1 tls-allow-tlsv1.1 tls-allow-tlsv1.2 "
            "tls-allow-tlsv1.3"
        ),
        "int": "tls-dh-key-length",
        "text": "source tls-ca-file tls-certificate tls-ciphers tls-tlsv1.3-ciphersuites",
    },
    "rewrite-list": {
        "text": "from-domain mail-from",
    },
    "domain-key-list": {
        "text": "domain-key",
    },
    "transmissions-api": {
        "bool": "log-data log-requests log-tls",
        "text": "api-key",
    },
    "transmissions-api-listener": {
        "bool": "tls-allow-tlsv1 tls-allow-tlsv1.1 tls-allow-tlsv1.2 tls-allow-tlsv1.3",
        "int": "tls-dh-key-length",
        "text": "tls-ca-file tls-certificate tls-ciphers tls-tlsv1.3-ciphersuites",
    },
    "proxy": {
        "int": "protocol-version",
        "text": "client server",
    },
    "vault": {
        "text": "access-token cache-ttl server-url",
    },
    "mx-rollup-list": {
        "text": "mx",
    },
    "aliases": {
        "text": "alias",
    },
    "signals": {
        "bool": (
            "engagement-tracking log-verbose process-x-sp-subaccount-id retain-x-sp-subaccount-id"
        ),
        "text": "api-key custom-message-id-header min-free-space privacy-policy upload-url",
    },
    "signals-filter": {
        "text": "sender-or-from",
    },
}
