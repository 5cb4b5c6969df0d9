"""Each version of each node's configuration as a commit in a bare git repository.

``<node>/<tenant>.conf`` on the branch ``main``, and ``<node>/_node.conf`` for the node's own; the
tag ``<node>/<tenant>/v<version>`` says which commit a version is, and that it was made.  Messages
are made of ids alone.
"""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo

from engine.ids import Position
from engine.ports import Deployed, NotKept

T = TypeVar("T")

MAIN = Ref(b"refs/heads/main")
EVENT = "Event"  # the trailer with the id of what made it a version
WHO = b"email-engine <email-engine@localhost>"
FILE, FOLDER = 0o100644, 0o040000
_LOG_HEAD = re.compile(r"^Log-Head: (?P<position>\d{1,18}) (?P<digest>[0-9a-f]+)$", re.MULTILINE)
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")


class GitHistory:
    """ports.ConfigHistory"""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = asyncio.Lock()  # one writer: the branch moves commit by commit

    async def commit(self, deployed: Deployed) -> str:
        for part in (deployed.node, _name(deployed)):
            if not _PART.fullmatch(part) or part.endswith(".lock"):
                raise NotKept(f"{part!r} cannot be a path in a git repository")
        return await self._there(partial(_commit, self._path, deployed))

    async def head(self) -> tuple[Position, str] | None:
        return await self._there(partial(_head, self._path))

    async def _there(self, work: Callable[[], T]) -> T:
        async with self._turn:
            try:
                return await asyncio.to_thread(work)
            except Exception as wrong:  # dulwich raises what it finds: OSError, KeyError, its own
                why = f"{self._path}: {type(wrong).__name__}: {wrong}; see whether git fsck minds"
                raise NotKept(why) from wrong


def _head(path: Path) -> tuple[Position, str] | None:
    if not (path / "HEAD").exists():
        return None
    with Repo(str(path)) as repo:
        newest = _there(repo, MAIN)
        commit = repo[newest] if newest else None
        text = commit.message.decode() if isinstance(commit, Commit) else ""
    found = _LOG_HEAD.search(text)
    return (Position(int(found["position"])), found["digest"]) if found else None


def _commit(path: Path, deployed: Deployed) -> str:
    with _opened(path) as repo:
        tag = Ref(f"refs/tags/{deployed.node}/{_name(deployed)}/v{deployed.version}".encode())
        tagged = _there(repo, tag)
        if tagged and _is(repo, tagged, deployed):
            return tagged.decode()
        parent = _there(repo, MAIN)
        name = _headed(repo, parent, deployed) or _made(repo, parent, deployed)
        refs = repo.refs
        if not (refs.set_if_equals(tag, tagged, name) if tagged else refs.add_if_new(tag, name)):
            raise NotKept(f"{path}: somebody else writes there")
        return name.decode()


def _is(repo: Repo, name: ObjectID, deployed: Deployed) -> bool:
    """A log that was restored from a backup counts on from there, so the same version of the same
    file may be another one: its event is.
    """
    commit = repo[name]
    said = commit.message.decode().splitlines() if isinstance(commit, Commit) else []
    event = [_trailer(one) for one in deployed.trailers if one[0] == EVENT]
    return {_title(deployed), *event} <= {*said}


def _name(deployed: Deployed) -> str:
    """No slug begins with an underscore."""
    return deployed.tenant or "_node"


def _there(repo: Repo, ref: Ref) -> ObjectID | None:
    """None: nothing was ever committed under that name."""
    try:
        return repo.refs[ref]
    except KeyError:
        return None


def _opened(path: Path) -> Repo:
    """Made when it is first written to, and readable by the engine's user alone."""
    if (path / "HEAD").exists():
        return Repo(str(path))
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    repo = Repo.init_bare(str(path), default_branch=b"main")
    config = repo.get_config()
    config.set((b"core",), b"fsyncObjectFiles", True)
    config.write_to_path()
    repo.close()
    return Repo(str(path))


def _headed(repo: Repo, parent: ObjectID | None, deployed: Deployed) -> ObjectID | None:
    """The newest commit, if it is this version and only its tag is missing: a crash between."""
    return parent if parent and _is(repo, parent, deployed) else None


def _made(repo: Repo, parent: ObjectID | None, deployed: Deployed) -> ObjectID:
    head = repo[parent] if parent else None
    before = head.tree if isinstance(head, Commit) else None
    one = Commit()
    one.tree = _tree(repo, before, deployed)
    one.parents = [parent] if parent else []
    one.author = one.committer = WHO
    one.author_time = one.commit_time = int(deployed.at.timestamp())
    one.author_timezone = one.commit_timezone = 0
    one.encoding = b"UTF-8"
    one.message = _message(deployed).encode()
    repo.object_store.add_object(one)
    if not repo.refs.set_if_equals(MAIN, parent, one.id):
        raise NotKept(f"{repo.path}: the branch main was moved by somebody else")
    return one.id


def _tree(repo: Repo, before: ObjectID | None, deployed: Deployed) -> ObjectID:
    root = _copied(repo, before)
    name, file = deployed.node.encode(), f"{_name(deployed)}.conf".encode()
    folder = _copied(repo, root[name][1] if name in root else None)
    if deployed.text:
        blob = Blob.from_string(deployed.text.encode())
        repo.object_store.add_object(blob)
        folder.add(file, FILE, blob.id)
    elif file in folder:
        del folder[file]
    repo.object_store.add_object(folder)
    root.add(name, FOLDER, folder.id)
    repo.object_store.add_object(root)
    return root.id


def _copied(repo: Repo, name: ObjectID | None) -> Tree:
    copy = Tree()
    found = repo[name] if name else None
    if isinstance(found, Tree):
        for entry in found.items():
            copy.add(entry.path, entry.mode, entry.sha)
    return copy


def _trailer(of: tuple[str, str]) -> str:
    return f"{of[0]}: {of[1]}"


def _title(deployed: Deployed) -> str:
    return f"{deployed.node}/{_name(deployed)} version {deployed.version}"


def _message(deployed: Deployed) -> str:
    trailers = "\n".join(map(_trailer, deployed.trailers))
    return f"{_title(deployed)}\n\n{trailers}\n"
