"""What people want of a tenant's jobs."""

from engine.api.sentences.words import because, names
from engine.events.tenant_jobs import JobPauseAsked, JobResumeAsked


def say(event: JobPauseAsked | JobResumeAsked) -> str:
    do = "stand still" if isinstance(event, JobPauseAsked) else "go on"
    return f"the mail of job {event.job} is to {do} on {names(event.nodes)}{because(event.reason)}"
