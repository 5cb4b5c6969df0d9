"""A plan carried out, step by step, until its end or the first refusal."""

from collections.abc import Sequence
from typing import Any

from engine.cli import exits, fleet_words
from engine.cli.client import Client
from engine.cli.exits import Failed
from engine.cli.fleet_keys import Keys
from engine.cli.progress import Progress
from engine.cli.reading import say, say_json
from engine.rules.fleet.plan import Plan, Request, Step

TRIES = 2  # of a request that nobody answers: by its key it is done once


def carry_out(source: Client, plan: Plan, keys: Keys, *, as_json: bool) -> int:
    done, progress = list[Step](), Progress()
    failed: Failed | None = None
    try:
        for number, step in enumerate(plan.steps, 1):
            take(source, plan, step, keys)
            done.append(step)
            progress("steps", number, len(plan.steps))
    except Failed as stopped:
        failed = stopped
    finally:
        progress.end()
    if as_json:
        say_json(_as_json(plan, done, keys, failed))
    else:
        _tell(plan, done, keys)
    if failed:
        raise _stopped(plan, done, failed) from failed
    return exits.OK


def take(source: Client, plan: Plan, step: Step, keys: Keys) -> None:
    for request in step.requests:
        answer = _asked(source, request, request.key(plan.position))
        if (step.does, step.what, request.method) == ("create", "tenant", "POST"):
            keys.take(answer)


def _asked(source: Client, request: Request, key: str) -> Any:
    for attempt in range(1, TRIES + 1):
        try:
            return source.order(request.method, request.path, request.body, request.query, key)
        except Failed as failed:
            if failed.code != exits.UNREACHABLE or attempt == TRIES:
                raise
    raise AssertionError("the last try returns or raises")


def _tell(plan: Plan, done: Sequence[Step], keys: Keys) -> None:
    if plan.steps:
        say(f"\nDone: {len(done)} of {len(plan.steps)}")
    for slug, file in keys.written.items():
        say(f"the key of {slug} is in {file}")
    for slug, key in keys.shown.items():
        say(f"the key of {slug}, to be kept now, since it is shown once: {key}")
    for slug in keys.lost:
        say(f"the key of {slug} was in an answer that was lost; POST /api/v2/keys makes another")


def _as_json(plan: Plan, done: Sequence[Step], keys: Keys, failed: Failed | None) -> dict[str, Any]:
    left = plan.steps[len(done) :]
    return {
        "position": plan.position,
        "done": [fleet_words.step(one) for one in done],
        "not_done": [fleet_words.step(one) for one in left],
        "why": str(failed) if failed else None,
        "keys": keys.shown,
        "key_files": keys.written,
        "keys_lost": keys.lost,
    }


def _stopped(plan: Plan, done: Sequence[Step], failed: Failed) -> Failed:
    at, left = plan.steps[len(done)], plan.steps[len(done) + 1 :]
    lines = [
        f"stopped at `{fleet_words.title(at)}`: {failed}",
        *_doubts(at, failed),
        f"Done before it: {_titles(done)}",
        f"Not begun: {_titles(left)}",
        "Once that is mended, say the same again: it looks anew, and goes on from there.",
    ]
    return Failed("\n".join(lines), failed.code)


def _doubts(at: Step, failed: Failed) -> Sequence[str]:
    """What cannot be told of the step that failed."""
    if failed.code in (exits.UNREACHABLE, exits.FAILED):
        return ["Whether it was done is not known."]
    return ["Parts of it may be done."] if len(at.requests) > 1 else []


def _titles(steps: Sequence[Step]) -> str:
    return "; ".join(fleet_words.title(one) for one in steps) or "nothing"
