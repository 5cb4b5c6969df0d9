"""All that the log and the views hold of one tenant, as files that people and programs can read.

    events.jsonl.gz      every event of it, with its digest and that of the event before it
    views/<name>.jsonl   how things stood after the last of them: {"key": …, "view": …} in each line
    manifest.json        SHA-256 and size of each of these, written last

For handing over, or for leaving: nothing of another tenant or of the platform is in it.  Events
carry their positions, for the digests cover them; they tell how much happened to all together.
"""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from engine.app.audit import verify_export
from engine.app.export import Asked, export_events
from engine.app.finding import Finding, Progress, Report
from engine.app.replay import VIEWS, replay
from engine.app.replay import Asked as AskedViews
from engine.errors import StartRefused
from engine.ids import Position, TenantId
from engine.ports import Row
from engine.store.views import PLATFORM_VIEWS

EVENTS, MANIFEST = "events.jsonl.gz", "manifest.json"
FORMAT = "email-engine tenant 1"
_READ = 1 << 20  # bytes at a time


class FileSaid(Struct, frozen=True, forbid_unknown_fields=True):
    sha256: str
    bytes: int


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str
    tenant: TenantId
    events: int
    position: Position  # of its last event
    digest: str  # of that one
    files: dict[str, FileSaid]


def export_tenant(config: Path, tenant: TenantId, to: Path, progress: Progress) -> Manifest:
    """``to`` is a directory that appears when all of it is whole.  Raises StartRefused and
    LogUnavailable; then there is none.
    """
    if to.exists():
        raise StartRefused(f"{to} is there already; name another directory")
    half = to.with_name(f".{to.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    try:
        (half / "views").mkdir(parents=True, mode=0o700)
        manifest = _written(config, tenant, half, progress)
        half.rename(to)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return manifest


def _written(config: Path, tenant: TenantId, to: Path, progress: Progress) -> Manifest:
    ending = export_events(config, Asked(to / EVENTS, tenant=tenant), progress)
    names = tuple(name for name in VIEWS if name not in PLATFORM_VIEWS)
    asked = AskedViews(at=str(ending.position), views=names, tenant=tenant)
    for name, lines in _by_view(replay(config, asked).rows):
        (to / "views" / f"{name}.jsonl").write_bytes(lines)
    manifest = Manifest(
        format=FORMAT,
        tenant=tenant,
        events=ending.events,
        position=Position(ending.position),
        digest=ending.digest,
        files={str(file.relative_to(to)): _said(file) for file in _files(to)},
    )
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (to / MANIFEST).write_bytes(text + b"\n")
    return manifest


def _by_view(rows: Sequence[Row]) -> Iterator[tuple[str, bytes]]:
    for name in sorted({one.projection for one in rows}):
        lines = [
            msgspec.json.encode({"key": one.key, "view": msgspec.Raw(one.body)})
            for one in rows
            if one.projection == name
        ]
        yield name, b"".join(line + b"\n" for line in lines)


def _files(of: Path) -> list[Path]:
    return sorted(one for one in of.rglob("*") if one.is_file() and one.name != MANIFEST)


def _said(file: Path) -> FileSaid:
    digest = hashlib.sha256()
    with file.open("rb") as data:
        while part := data.read(_READ):
            digest.update(part)
    return FileSaid(digest.hexdigest(), file.stat().st_size)


def verify_tenant(of: Path, progress: Progress) -> Report:
    """Whether each file is as the manifest says, and the events as their digests say.  Raises
    StartRefused for what is no such export.
    """
    manifest = _manifest(of)
    there = {str(one.relative_to(of)): one for one in _files(of)}
    missing = [f"{name} is missing" for name in sorted(manifest.files.keys() - there.keys())]
    strange = [f"{name} was put there" for name in sorted(there.keys() - manifest.files.keys())]
    changed = [
        f"{name} was changed"
        for name, said in sorted(manifest.files.items())
        if name in there and _said(there[name]) != said
    ]
    report = Report()
    if EVENTS in there:
        report = verify_export(there[EVENTS], (), progress)
        told = (manifest.events, manifest.position, manifest.digest)
        if (report.events, report.position, report.digest) != told:
            changed.append(f"{EVENTS} does not end where {MANIFEST} says")
    report.wrong += [Finding(about="file", why=why) for why in (*missing, *strange, *changed)]
    return report


def _manifest(of: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode((of / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as wrong:
        raise StartRefused(f"{of} is no export of a tenant: {MANIFEST}: {wrong}") from wrong
    if manifest.format != FORMAT:
        raise StartRefused(f"{of} is written as {manifest.format!r}, and this reads {FORMAT!r}")
    return manifest
