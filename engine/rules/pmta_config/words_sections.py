"""What may stand in the smaller sections; written down as ``words_global`` says."""

WORDS: dict[str, dict[str, str]] = {
    "spool": {
        "BOOL": "delete-file-holders deliver-only",
        "INT": "priority",
        "SIZE": "min-free-space",
    },
    "bounce-processor": {
        "BOOL": "deliver-matched-email deliver-unmatched-email",
        "EMAIL-LIST": "forward-errors-to forward-unmatched-to",
        "TEXT": "deliver-email/D",
    },
    "feedback-loop-processor": {
        "BOOL": "deliver-matched-email deliver-unmatched-email",
        "EMAIL-LIST": "forward-errors-to forward-unmatched-to",
        "TEXT": "deliver-email/D",
    },
    "address-list": {
        "DOMAIN": "domain",
        "TEXT": "address address-file",
    },
    "email-patterns": {
        "BOOL": "log-match-info",
        "TEXT": "body-pattern-file",
    },
    "smtp-user": {
        "ENUM password system certificate": "authentication-method",
        "NAME": "source",
        "TEXT": "password tls-certificate",
    },
    "source-group": {
        "INT": "max-smtp-in reserved-smtp-in",
    },
    "acct-file": {
        "BOOL": ("count-moved-records http-webhook-log-verbose/N iso-times sync world-readable"),
        "ENUM gzip": "http-webhook-transfer-encoding/N",
        "ENUM-DAYS": "delete-after",
        "INTERVAL": (
            "http-webhook-connect-timeout/N http-webhook-io-timeout/N "
            "http-webhook-max-interval/N move-interval retry-interval write-timeout"
        ),
        "RECORDS": "records",
        "SIZE": "max-size",
        "TEXT": (
            "http-webhook-ca-file/N http-webhook-certificate/N http-webhook-extra-headers/N "
            "http-webhook-url/N map-header-to-field move-to privacy-policy queue-filter "
            "record-fields user-string"
        ),
    },
    "virtual-mta": {
        "DATA-RATE": "max-smtp-data-volume-rate",
        "DOMAIN-KEY": "domain-key",
        "INT": "max-smtp-out proxy-protocol",
        "NAME": "cold-virtual-mta rewrite-list",
        "RATE": "max-smtp-msg-rate",
        "SOURCE-HOST": "auto-cold-virtual-mta/DL smtp-source-host",
        "TEXT": (
            "enable-signals host-name include include-headers-from smtp-proxy-source-host/N "
            "smtp-source-ip/L use-proxy"
        ),
    },
    "virtual-mta-pool": {
        "DATA-RATE": "max-smtp-data-volume-rate",
        "DOMAIN-KEY": "domain-key",
        "INT": "max-smtp-out",
        "NAME": "cold-virtual-mta rewrite-list virtual-mta",
        "RATE": "max-smtp-msg-rate",
        "TEXT": "enable-signals include-headers-from",
    },
    "pattern-list": {
        "HEADER-PATTERN": "header",
        "PATTERN": "mail-from rcpt-to",
    },
    "smtp-pattern-list": {
        "REPLY": "reply",
        "TEXT": "include",
    },
    "dns": {
        "INT": "precached-max-domains",
        "INTERVAL": "precached-refresh-interval",
        "TEXT": "precached-domains-file",
    },
    "smtp-listener": {
        "BOOL": (
            "await-slot immediate-tls tls-allow-tlsv1 tls-allow-tlsv1.1 tls-allow-tlsv1.2 "
            "tls-allow-tlsv1.3/N"
        ),
        "INT": "tls-dh-key-length/N",
        "NAME": "source",
        "TEXT": (
            "tls-allow-sslv3/X tls-ca-file tls-certificate tls-ciphers tls-tlsv1.3-ciphersuites/N"
        ),
    },
    "rewrite-list": {
        "TWO-WORDS": "from-domain mail-from",
    },
    "domain-key-list": {
        "DOMAIN-KEY": "domain-key",
    },
    "transmissions-api": {
        "BOOL": "log-data log-requests log-tls",
        "TEXT": "api-key",
    },
    "transmissions-api-listener": {
        "BOOL": "tls-allow-tlsv1 tls-allow-tlsv1.1 tls-allow-tlsv1.2 tls-allow-tlsv1.3/N",
        "INT": "tls-dh-key-length/N",
        "TEXT": (
            "tls-allow-sslv3/X tls-ca-file tls-certificate tls-ciphers tls-tlsv1.3-ciphersuites/N"
        ),
    },
    "proxy": {
        "INT": "protocol-version",
        "TEXT": "client server",
    },
    "vault": {
        "INTERVAL": "cache-ttl/N",
        "TEXT": "access-token/N server-url/N",
    },
    "mx-rollup-list": {
        "MX-ROLLUP": "mx",
    },
    "aliases": {
        "TWO-WORDS": "alias",
    },
    "signals": {
        "API-KEY": "api-key",
        "BOOL": (
            "engagement-tracking log-verbose process-x-sp-subaccount-id retain-x-sp-subaccount-id"
        ),
        "NAME": "custom-message-id-header",
        "SIZE": "min-free-space",
        "TEXT": "privacy-policy upload-url",
    },
    "signals-filter": {
        "TEXT": "sender-or-from",
    },
}
