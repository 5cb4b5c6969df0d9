"""What is wrong, or soon may be, with one published DKIM key."""

from collections.abc import Iterator

from engine.rules.dkim.key_record import KeyRecord
from engine.rules.dkim.keys import Ed25519Key, PublicKey, RsaKey
from engine.values.finding import Finding

BITS_MIN = 1024  # fewer verify nowhere (RFC 8301 3.2)
BITS_GOOD = 2048
BITS_MAX = 4096  # more need not be verified
EXPONENT_MIN = 65537
EXPONENT_MAX = (1 << 31) - 1  # what Go's crypto/rsa takes; OpenSSL beside long moduli 64 bits
KINDS = ("rsa", "ed25519")


def of_record(selector: str, record: KeyRecord) -> Iterator[Finding]:
    """All but the key itself."""
    if record.kind not in KINDS:
        yield Finding(
            code="dkim.k_unknown",
            severity="error",
            message=f"k={record.kind} is no kind of key that verifiers know.",
            ref="RFC 8463 3",
            fix="Publish an RSA key with k=rsa.",
            subject=selector,
        )
    if not record.public:
        yield Finding(
            code="dkim.revoked",
            severity="error",
            message="p= is empty: the key is revoked, and nothing it signed verifies.",
            ref="RFC 6376 3.6.1",
            fix="Sign with another selector, or publish this one's key again.",
            subject=selector,
        )
    if record.loose:
        yield Finding(
            code="dkim.syntax",
            severity="warning",
            message="The record ends in white space or has an empty t=; strict verifiers refuse"
            " that.",
            ref="RFC 6376 3.2",
            fix="Publish it without.",
            subject=selector,
        )
    yield from _hashes(selector, record)
    yield from _uses(selector, record)


def _hashes(selector: str, record: KeyRecord) -> Iterator[Finding]:
    if not record.hashes:
        return
    if "sha256" not in record.hashes:
        yield Finding(
            code="dkim.hash",
            severity="error",
            message=f"h={':'.join(record.hashes)} leaves out sha256, the one hash that verifiers"
            " accept.",
            ref="RFC 8301 3.1",
            fix="Leave h= out.",
            subject=selector,
        )
    elif "sha1" in record.hashes:
        yield Finding(
            code="dkim.hash",
            severity="warning",
            message="h= allows sha1, which nobody may sign with or accept any more.",
            ref="RFC 8301 3.1",
            fix="Leave h= out, or write h=sha256.",
            subject=selector,
        )


def _uses(selector: str, record: KeyRecord) -> Iterator[Finding]:
    if not {"*", "email"} & set(record.services):
        yield Finding(
            code="dkim.service",
            severity="error",
            message=f"s={':'.join(record.services)} says that the key is not for mail.",
            ref="RFC 6376 3.6.1",
            fix="Leave s= out.",
            subject=selector,
        )
    if "y" in record.flags:
        yield Finding(
            code="dkim.testing",
            severity="warning",
            message="t=y says that the domain only tests DKIM: receivers may treat its mail as not"
            " signed.",
            ref="RFC 6376 3.6.1",
            fix="Take t=y out.",
            subject=selector,
        )
    if "s" in record.flags:
        yield Finding(
            code="dkim.strict",
            severity="info",
            message="t=s: signatures whose i= is a subdomain of d= do not verify.",
            ref="RFC 6376 3.6.1",
            subject=selector,
        )


def of_key(selector: str, key: PublicKey) -> Iterator[Finding]:
    if isinstance(key, Ed25519Key):
        return
    yield from _size(selector, key)
    if not EXPONENT_MIN <= key.exponent <= EXPONENT_MAX or key.exponent % 2 == 0:
        yield Finding(
            code="dkim.exponent",
            severity="warning",
            message=f"The key's public exponent is {_exponent(key)}; some verifiers refuse all but"
            " odd ones from 65537 that have at most 31 bits.",
            ref="RFC 8017 3.1",
            fix="Make a new key with the usual exponent, 65537.",
            subject=selector,
        )


def _exponent(key: RsaKey) -> str:
    """Python writes no number of more than 4,300 digits, and nobody reads one."""
    bits = key.exponent.bit_length()
    return str(key.exponent) if bits <= 64 else f"a number of {bits:,} bits"


def _size(selector: str, key: RsaKey) -> Iterator[Finding]:
    bits = key.bits
    if bits < BITS_MIN:
        yield Finding(
            code="dkim.weak",
            severity="error",
            message=f"The key has {bits} bits; verifiers refuse keys of fewer than {BITS_MIN}.",
            ref="RFC 8301 3.2",
            fix=f"Make a new key of {BITS_GOOD} bits.",
            subject=selector,
        )
    elif bits < BITS_GOOD:
        yield Finding(
            code="dkim.weak",
            severity="warning",
            message=f"The key has {bits} bits: enough today, and {BITS_GOOD} are advised.",
            ref="RFC 8301 3.2",
            fix=f"Make a new key of {BITS_GOOD} bits, under a new selector.",
            subject=selector,
        )
    elif bits > BITS_MAX:
        yield Finding(
            code="dkim.large",
            severity="warning",
            message=f"The key has {bits} bits; verifiers need not take more than {BITS_MAX}.",
            ref="RFC 8301 3.2",
            fix=f"Make a new key of {BITS_GOOD} bits.",
            subject=selector,
        )
