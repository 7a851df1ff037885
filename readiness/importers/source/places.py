"""Files by what a person calls them: a path, a folder, a pattern, or objects of a store by their address.

Objects are read through pyarrow's file systems (https://arrow.apache.org/docs/python/filesystems.html). Who asks is
known from the environment alone, as each vendor's own tools know it, and nothing that a vendor says is shown: it may
name what it was asked with. What is there is asked for first, and its size, before a byte of it is fetched.
"""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from readiness import formatting
from readiness.errors import InputError
from readiness.language import tr

from .limits import MEBIBYTE, MOST_FILES, TABLE_CAP

_PATTERN = frozenset("*[")
_BLOCK = 8 * MEBIBYTE
_SECONDS, _TRIES = (10.0, 60.0), 3
"""To connect and to answer, and how often it is tried."""


@dataclass(frozen=True)
class NamedFile:
    """A file on this machine, under the name that it was asked for by; "" where that is its own."""

    path: Path
    name: str = ""

    @property
    def shown(self) -> str:
        return self.name or self.path.name


def named(names: Sequence[str], folder: Path) -> list[NamedFile]:
    """All files that are meant, in the order of the names; objects are copied into the folder.

    Raises InputError for a folder or a pattern with nothing in it, and for an object that cannot be had.
    """
    files: list[NamedFile] = []
    for name in names:
        found = _objects(name, folder) if "://" in name else map(NamedFile, _local(name))
        for file in found:
            files.append(file)
            if len(files) > MOST_FILES:
                raise InputError(
                    tr("there are more than {most} files", most=formatting.whole(MOST_FILES)),
                    file=_without_secrets(name),
                    expected=tr("fewer at once"),
                )
    return files


def _local(name: str) -> list[Path]:
    """A file that is not there is left to whoever opens it."""
    path = Path(name)
    if os.path.isdir(path):  # noqa: PTH112 - which raises for no name, however odd
        return _some([one for one in path.iterdir() if os.path.isfile(one) and one.name[0] != "."], name)  # noqa: PTH113
    if os.path.exists(path) or _PATTERN.isdisjoint(name):  # noqa: PTH110
        return [path]
    return _some([Path(one) for one in glob.iglob(name, recursive=True) if os.path.isfile(one)], name)  # noqa: PTH113, PTH207


def _some(paths: list[Path], name: str) -> list[Path]:
    if not paths:
        raise InputError(tr("there is no file in it"), file=name, expected=tr("one at least"))
    return sorted(paths)


def _objects(address: str, folder: Path) -> Iterator[NamedFile]:
    scheme, _, path = address.partition("://")
    if scheme not in _SYSTEMS:
        expected = tr("a path, or an address with {schemes}", schemes=", ".join(f"{name}://" for name in _SYSTEMS))
        raise InputError(
            tr("{scheme!r} is no store of objects", scheme=scheme[:20]),
            file=_without_secrets(address),
            expected=expected,
        )
    if "?" in path or "@" in path.partition("/")[0]:
        expected = tr("{scheme}://BUCKET/KEY, and who asks in the environment", scheme=scheme)
        raise InputError(tr("the address says more than where"), file=_without_secrets(address), expected=expected)
    with _in_words(address):
        system = _SYSTEMS[scheme]()
        wanted = _wanted(system, path.strip("/"), address)
    needed, free = sum(info.size or 0 for info in wanted), shutil.disk_usage(folder).free
    if needed > free:
        raise InputError(
            tr("{needed} bytes do not fit here", needed=formatting.whole(needed)),
            file=address,
            expected=tr("at most {most}", most=formatting.whole(free)),
        )
    for info in wanted:
        name = f"{scheme}://{info.path}"
        yield NamedFile(_fetched(system, info, name, folder), name)


def _wanted(system: Any, path: str, address: str) -> list[Any]:
    """What is meant, by name and size. Raises InputError where nothing is, or where one is too large."""
    from pyarrow import fs

    if _PATTERN.isdisjoint(path):
        info = system.get_file_info(path)
        found = [info] if info.type == fs.FileType.File else []
        if info.type == fs.FileType.Directory:
            found = system.get_file_info(fs.FileSelector(path))
        elif not found:
            raise InputError(tr("there is no such object"), file=address, expected=tr("one that is there"))
    else:
        parts = path.split("/")
        at = next(number for number, part in enumerate(parts) if not _PATTERN.isdisjoint(part))
        if at == 0:
            raise InputError(tr("the bucket is a pattern"), file=address, expected=tr("its name"))
        deep = at < len(parts) - 1 or "**" in path
        below = fs.FileSelector("/".join(parts[:at]), allow_not_found=True, recursive=deep)
        found = [info for info in system.get_file_info(below) if _fits(info.path.split("/"), parts)]
    files = sorted((one for one in found if one.type == fs.FileType.File and one.base_name[0] != "."), key=_path)
    if not files:
        raise InputError(tr("there is no file in it"), file=address, expected=tr("one at least"))
    for one in files:
        if one.size is None or one.size > TABLE_CAP:
            raise InputError(
                tr("the object has {size} bytes", size=formatting.whole(one.size or 0)),
                file=address,
                expected=tr("at most {most}", most=formatting.whole(TABLE_CAP)),
            )
    return files


def _path(info: Any) -> str:
    return str(info.path)


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path is one that the pattern means, part by part; ** stands for any number of them."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_fits(parts[at:], pattern[1:]) for at in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _fits(parts[1:], pattern[1:])


def _fetched(system: Any, info: Any, name: str, folder: Path) -> Path:
    path = folder / str(sum(1 for _ in folder.iterdir()))
    left = info.size
    with _in_words(name), system.open_input_stream(info.path) as object_, path.open("xb") as file:
        while part := object_.read(_BLOCK):
            left -= len(part)
            if left < 0:
                break
            file.write(part)
    if left:
        raise InputError(tr("the object changed while it was read"), file=name, expected=tr("another try"))
    return path


@contextmanager
def _in_words(address: str) -> Iterator[None]:
    """One sentence for whatever a store of objects says."""
    import pyarrow

    try:
        yield
    except FileNotFoundError as exc:
        raise InputError(tr("there is no such object"), file=address, expected=tr("one that is there")) from exc
    except (OSError, ValueError, pyarrow.ArrowException) as exc:
        refused = isinstance(exc, PermissionError) or any(sign in str(exc) for sign in _REFUSED)
        problem = (
            tr("the object may not be read") if refused else tr("the store of objects does not answer as it should")
        )
        raise InputError(
            problem, file=address, expected=tr("what the environment names, and rights to read it")
        ) from exc


_REFUSED = ("ACCESS_DENIED", "AccessDenied", "403", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch")


def _without_secrets(address: str) -> str:
    """An address up to its query, and without what stands before an @."""
    scheme, _, rest = address.partition("?")[0].partition("://")
    bucket, slash, key = rest.partition("/")
    return f"{scheme}://{bucket.rpartition('@')[2]}{slash}{key}"


def _s3() -> Any:
    from pyarrow import fs

    endpoint = urlsplit(os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "")
    connect, answer = _SECONDS
    return fs.S3FileSystem(
        endpoint_override=endpoint.netloc or None,
        scheme=endpoint.scheme or "https",
        connect_timeout=connect,
        request_timeout=answer,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_TRIES),
    )


def _gs() -> Any:
    import datetime as dt

    from pyarrow import fs

    return fs.GcsFileSystem(retry_time_limit=dt.timedelta(seconds=_SECONDS[1]))


def _az() -> Any:
    from pyarrow import fs

    account = os.environ.get("AZURE_STORAGE_ACCOUNT", "")
    if not account:
        raise InputError(tr("there is no account"), place="AZURE_STORAGE_ACCOUNT", expected=tr("that of the container"))
    sas = os.environ.get("AZURE_STORAGE_SAS_TOKEN")
    return fs.AzureFileSystem(account, None if sas else os.environ.get("AZURE_STORAGE_KEY"), sas_token=sas)


_SYSTEMS: dict[str, Callable[[], Any]] = {"s3": _s3, "gs": _gs, "az": _az}
