"""What may stand in <domain>; written down as ``words_global`` says."""

WORDS: dict[str, dict[str, str]] = {
    "domain": {
        "BOOL": (
            "add-x-msys-api-header allow-cancel-during-transfer allow-priority-interruption "
            "allow-priority-interruption-during-transfer "
            "assume-delivery-upon-data-termination-timeout backoff-to-normal-after-delivery "
            "backoff-upon-all-sources-disabled bounce-upon-5xx-greeting "
            "bounce-upon-pix-transfer-failure bounce-upon-transfer-failure check-spf-outbound "
            "deliver-local-dsn/D disable-mx-rollup discard-as-bounce dk-sign/DL "
            "dkim-add-body-limit dkim-add-timestamp dkim-sign ignore-8bitmime ignore-chunking "
            "ignore-dsn ignore-pipelining log-commands log-connections log-data "
            "log-disabled-ips log-messages/L log-resolution log-tls log-transfer-failures "
            "macro-variables-preserve-case pix-bug-workaround "
            "replace-smtp-421-service-response require-starttls retry-upon-new-mail "
            "reuse-ssl-session second-dkim-add-body-limit second-dkim-add-timestamp "
            "second-dkim-sign smtp-421-means-mx-unavailable smtp-553-means-invalid-mailbox "
            "smtp-tls-allow-tlsv1 smtp-tls-allow-tlsv1.1 smtp-tls-allow-tlsv1.2 "
            "smtp-tls-allow-tlsv1.3/N sparkpost-sandbox track-recipient-events use-dane "
            "use-mta-sts/N use-starttls use-unencrypted-plain-auth"
        ),
        "BOOL-OR-INTERVAL": "bounce-upon-no-mx",
        "CIDR-DATA-RATE": "source-ip-max-data-volume-rate",
        "CIDR-INT": "source-ip-max-smtp-out",
        "CIDR-RATE": "source-ip-max-connect-rate source-ip-max-msg-rate",
        "DAILY-LIST": "max-cold-virtual-mta-msg",
        "DATA-RATE": "backoff-max-data-volume-rate max-data-volume-rate",
        "EMAIL-LIST": (
            "backoff-notify bcc-upon-delivery bounce-address/L disabled-source-ip-notify"
        ),
        "ENUM newfile-plain newfile-pickup append-mbox": "file-format",
        "ENUM rsa-sha1 rsa-sha256": "dkim-algorithm second-dkim-algorithm",
        "ENUM simple relaxed": (
            "dkim-body-canon dkim-headers-canon second-dkim-body-canon second-dkim-headers-canon"
        ),
        "ENUM smtp pipe file discard http-delivery": "type",
        "ENUM standard plain-text": "dsn-format",
        "INT": (
            "backoff-max-smtp-out default-smtp-port max-errors-per-connection "
            "max-events-recorded max-msg-per-connection max-rcpt-per-message "
            "max-rcpt-per-transaction max-smtp-out mx-connection-attempts/L queue-priority"
        ),
        "INTERVAL": (
            "bounce-after connect-timeout connection-idle-timeout data-send-timeout "
            "retry-after-dns-error/N retry-recipients-after smtp-data-termination-timeout "
            "smtp-greeting-timeout smtp-multiple-line-response-timeout/L "
            "smtp-out-rampup-interval"
        ),
        "INTERVAL-LIST": "backoff-retry-after retry-after",
        "INTERVAL-OR-NEVER": (
            "backoff-to-normal-after dkim-expire-after notify-of-delay-every "
            "reenable-source-ip-after second-dkim-expire-after"
        ),
        "NAME": (
            "backoff-reroute-to-virtual-mta queue-to reroute-to-virtual-mta smtp-pattern-list"
        ),
        "RATE": ("backoff-max-connect-rate backoff-max-msg-rate max-connect-rate max-msg-rate"),
        "TEXT": (
            "auth-password auth-username backoff-max-msg-per-hour/D command "
            "delivery-priority/D disable-acct-records dkim-disallow-adding-headers "
            "dkim-headers dkim-identity dkim-identity-fallback dkim-query-method "
            "file-destination http-delivery-extra-headers http-delivery-url include "
            "max-msg-per-hour/D max-smtp-out-per-source-ip/D remove-header route/D "
            "second-dkim-disallow-adding-headers second-dkim-headers second-dkim-identity "
            "second-dkim-identity-fallback second-dkim-query-method smtp-client-certificate "
            "smtp-hosts smtp-tls-allow-sslv3/X smtp-tls-ca-file smtp-tls-ciphers "
            "smtp-tls-tlsv1.3-ciphersuites/N sparkpost-ip-pool"
        ),
    },
}
