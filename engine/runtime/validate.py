"""One validation of a domain by the DNS."""

import asyncio

from engine.rules.domain_report import parts, settled
from engine.runtime.questions import QUESTIONS_MAX, WITHIN_S, Lookup, Questions
from engine.values.domain_check import DomainCheck
from engine.values.validation import Validation

QUESTIONS_EACH = 4  # of a sending address: its PTR, and where that leads


async def validate(
    check: DomainCheck,
    *,
    lookup: Lookup,
    resolver: str,
    nonce: str,
    within_s: float = WITHIN_S,
    most: int | None = None,
) -> Validation:
    """Ends within the time, whatever the DNS does, and says what it could not tell.  The names and
    addresses in ``check`` are parsed ones; raises ValueError for a key that is not base64.
    ``most`` questions are asked; by default, what a domain may need and some for each address.
    """
    if most is None:
        most = QUESTIONS_MAX + QUESTIONS_EACH * len(check.ips)
    questions = Questions(lookup, within_s=within_s, most=most)
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(questions.run(part)) for part in parts(check, nonce)]
    heard = {one.question: one.answer for one in questions.heard}
    report = await questions.run(settled(check, [one.result() for one in running], heard))
    return Validation(
        check=check,
        nonce=nonce,
        report=report,
        heard=questions.heard,
        took_ms=questions.took_ms,
        resolver=resolver,
        unasked=questions.unasked,
    )
