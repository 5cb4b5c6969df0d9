"""A node's configuration with all that it includes, as PowerMTA itself would find it."""

from collections.abc import Mapping, Sequence

from engine.adapters.ssh_files import Files
from engine.ports import NodeRefused
from engine.rules.pmta_config.load import load
from engine.rules.pmta_config.wildcards import matching

FILES_MAX = 500  # and folders, with wildcards in their names or in those of their files
BYTES_MAX = 8_000_000  # of all files
ROUNDS_MAX = 20  # of includes within includes; two are real


class _Seen:
    """What was read so far, and what the last load asked for in vain."""

    def __init__(self) -> None:
        self.texts: dict[str, str | None] = {}  # None: there is no such file
        self.folders: dict[str, Sequence[str]] = {}
        self.files_wanted: set[str] = set()
        self.folders_wanted: set[str] = set()

    def read(self, path: str) -> str | None:
        if path not in self.texts:
            self.files_wanted.add(path)
        return self.texts.get(path)

    def glob(self, pattern: str) -> Sequence[str]:
        return matching(pattern, self._names)

    def _names(self, folder: str) -> Sequence[str]:
        if folder not in self.folders:
            self.folders_wanted.add(folder)
        return self.folders.get(folder, ())


async def collected(files: Files, main: str) -> Mapping[str, str]:
    """Raises NodeRefused where the main file is missing, or there is more than may be read."""
    seen = _Seen()
    for _ in range(ROUNDS_MAX):
        load(main, seen.read, seen.glob, tolerant=True)
        if not seen.files_wanted and not seen.folders_wanted:
            break
        await _fetch(files, seen)
        if seen.texts.get(main) is None:
            raise NodeRefused(f"there is no {main}")
    else:
        raise NodeRefused(f"includes go deeper than {ROUNDS_MAX} steps; import them by parts")
    return {path: text for path, text in seen.texts.items() if text is not None}


async def _fetch(files: Files, seen: _Seen) -> None:
    for folder in sorted(seen.folders_wanted):
        if len(seen.folders) >= FILES_MAX:
            raise NodeRefused(f"more than {FILES_MAX} folders are searched; import them by parts")
        try:
            seen.folders[folder] = [name for _, name in await files.listed(folder)]
        except NodeRefused:
            seen.folders[folder] = ()  # PowerMTA finds nothing there either
    for path in sorted(seen.files_wanted):
        if len(seen.texts) >= FILES_MAX:
            raise NodeRefused(f"more than {FILES_MAX} files are included; import them by parts")
        data = await files.read(path)
        seen.texts[path] = None if data is None else data.decode(errors="replace")
    if sum(len(text or "") for text in seen.texts.values()) > BYTES_MAX:
        raise NodeRefused(f"the configuration is larger than {BYTES_MAX:,} bytes")
    seen.files_wanted.clear()
    seen.folders_wanted.clear()
