"""What PowerMTA's accounting webhook brings, as the lines of a file.

The 2020 edition of PowerMTA posts CSV or JSON, gzipped or not, in batches of 5 minutes or 5 MB.
The shape of its JSON is published nowhere: objects under the columns' names are read, in an array
or one to a line.
"""

import csv
from io import StringIO
from typing import Any

import msgspec

_LINES = msgspec.json.Decoder()
_BOM = b"\xef\xbb\xbf"


def lines(data: bytes, *, json: bool) -> bytes:
    """CSV with a header line and a line break at the end.  Raises ValueError."""
    if json:
        return _written(_objects(data))
    first = data.removeprefix(_BOM).lstrip().partition(b"\n")[0]
    if b"type" not in [cell.strip(b' \r"') for cell in first.split(b",")]:
        raise ValueError("its first line is no header: one that names the column `type`")
    return data if data.endswith(b"\n") else data + b"\n"


def _objects(data: bytes) -> list[dict[str, Any]]:
    try:
        found = msgspec.json.decode(data)
    except msgspec.DecodeError:
        found = _by_line(data)
    found = [found] if isinstance(found, dict) else found
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError("it is no JSON array of objects, and no object to a line")
    return found


def _by_line(data: bytes) -> list[Any]:
    try:
        return _LINES.decode_lines(data)
    except msgspec.DecodeError as wrong:
        raise ValueError(f"it is not JSON: {wrong}") from wrong


def _written(records: list[dict[str, Any]]) -> bytes:
    names = list(dict.fromkeys(name for one in records for name in one))
    if "type" not in names:
        raise ValueError("no record says of which `type` it is")
    names = ["type", *(name for name in names if name != "type")]
    text = StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    for one in records:
        writer.writerow({name: _cell(name, value) for name, value in one.items()})
    return text.getvalue().encode()


def _cell(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise ValueError(f"{name[:40]!r} holds more than one value")  # noqa: TRY004
    return str(value)
