"""Passwords and tokens that are told by a command, a header, an address or the head of a column."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from itertools import islice

from .coded import from_base64
from .named import PASSWORD, SECRET, SIGNS, is_placeholder, kind_of, tells
from .shapes import looks_drawn
from .signs import Hit, Text

_COMMANDS = (
    r"(?:mysql\w*|mariadb[\w-]*|sshpass|mongo\w*|docker\s+login|podman\s+login|helm\s+registry\s+login|az\s+login|plink|pscp"
    r"|ldap\w+|redis-cli|zip|unzip|7z|rar|sqlcmd|bcp|isql|snowsql|smbclient|cqlsh|influx|htpasswd|svn"
    r"|openssl|gpg|keytool|winrs|xfreerdp|rdesktop|evil-winrm|crackmapexec|net\s+use|kinit|vncviewer|mosquitto_\w+"
    r"|rabbitmq\w*|ftp|lftp|cf\s+login|oc\s+login|argocd\s+login|pass)"
)
_OPTION = re.compile(
    rf"\b{_COMMANDS}\b[^\n]{{0,160}}?\s[-/](?:pw|passin pass:|passout pass:|storepass|keypass|p|P|a|w|k|pass)[ =:]?"
    r"\\{0,3}"
    r"(?:\"([^\"\\\n]{4,128})|'([^'\\\n]{4,128})|([^\s\"'\\;|&<>]{4,128}))",
)
_USER = re.compile(
    r"\b(?:curl|wget|https?(?= )|xh|lftp|smbclient|ab|siege|restic)\b[^\n]{0,200}?"
    r"(?:\s(?:-u|--user|-U|--proxy-user|-a|--auth|--basic)[ =]?)"
    r"\\{0,3}[\"']?[\w.@\\+-]{1,64}[:%]([^\s\"'\\|<>]{4,128})",
)
_CALL = re.compile(
    r"(?:\bauth\s?=\s?\(|basic_?auth\(|basiccredentials\(|\blogin\(|networkcredential\(|usernamepassword\w{0,40}\("
    r"|setcredentials\(|credentials\s?=\s?\(|\bauth\(|authenticate\()"
    r"\s{0,3}\\{0,3}[\"'][^\"'\\\n]{1,64}\\{0,3}[\"'],\s{0,3}\\{0,3}[\"']([^\"'\\\n]{4,128})",
    re.IGNORECASE,
)
_NETRC = re.compile(
    r"\blogin\s{1,3}\S{1,64}\s{1,3}password\s{1,3}(\S{4,128})"
    r"|^[\w.*-]{1,100}:(?:\d{2,5}|\*):[\w*-]{1,64}:[\w*-]{1,64}:(\S{4,128})$",
    re.MULTILINE,
)
_ORACLE = re.compile(
    r"(?:\bthin:|\boci:|\bsqlplus\s(?:-\w\s)?|\b(?:imp|exp|impdp|expdp|sqlldr)\s|userid=)"
    r"[\"']?[\w$#]{1,40}/([^\s@\"'/]{4,128})(?=@)",
    re.IGNORECASE,
)


_COMMAND_PATTERNS = (
    (_OPTION, (" -p", " -a", " -w", " -k", " -storepass", " -keypass", " /p", " -P")),
    (_USER, (" -u", " -a", " --user", " --auth", " --basic", " --proxy-user")),
    (_CALL, ("auth", "credential", "login", "usernamepassword")),
    (_NETRC, ("login ", ":*:", ":5432:", ":5433:")),
    (_ORACLE, ("thin:", "oci:", "sqlplus", "userid=", "impdp", "expdp", "sqlldr", "imp ", "exp ")),
)
COMMAND_SIGNS = tuple(sorted({sign.lower() for _, signs in _COMMAND_PATTERNS for sign in signs}))


def commands(text: Text) -> Iterator[Hit]:
    """Passwords in options of commands, calls, and files that commands read."""
    for pattern, signs in _COMMAND_PATTERNS:
        if not any(sign in text.lower for sign in signs):
            continue
        for match in pattern.finditer(text.raw):
            group = next(number for number, value in enumerate(match.groups(), 1) if value)
            if pattern is _OPTION and re.fullmatch("[0-9]{2,5}", match[group]):
                continue  # a port
            if not is_placeholder(match[group]) and (re.search("[0-9]", match[group]) or pattern is _CALL):
                yield match.span(group)


_SCHEMES = (
    r"(?:(?:bearer|basic|token|api-?key|apikey|key|jwt|digest|negotiate|ntlm|sso-key|geniekey|splunk|bot|oauth|dpop|client"
    r"|mac|hawk)(?:\s{1,3}|:\s?))"
)
_HEADER = re.compile(
    r"authorization(?:[_-]?header)?\\{0,3}[\"']?\]?\s{0,3}(?:[:=,]|=>|:=)\s{0,3}\\{0,3}[\"'`]?(?:f[\"'])?"
    rf"{_SCHEMES}?(?:token=)?\\{{0,3}}[\"']?([^\s\"'`\\\[<>,;{{}}$]{{6,}}+)",
    re.IGNORECASE,
)
_BEARER = re.compile(
    r"\bbearer\\{0,3}[\"']?(?:\s{1,3}|\s{0,2}[:=,]\s{0,3})(?:token\s{0,2}[:=]?\s{0,2})?\\{0,3}[\"'`]?([\w.~+/-]{12,}+={0,2})",
    re.IGNORECASE,
)


def headers(text: Text) -> Iterator[Hit]:
    """What follows a scheme of HTTP authentication."""
    for match in _HEADER.finditer(text.raw):
        value = match[1]
        if not is_placeholder(value) and (len(value) >= 12 or re.search("[0-9=]", value)):
            yield match.span(1)
    for match in _BEARER.finditer(text.raw):
        if re.search("[0-9]", match[1]) and not is_placeholder(match[1]):
            yield match.span(1)


_LOGIN = re.compile(
    r"(?<=://)(?:[^\s/?#@:\"'<>]{0,256}:[^\s/?#\"'<>]{1,256}(?=@[\w.\[*-])|[^\s/?#@:\"'<>]{0,256}:[^\s/?#@]{1,256}(?=@)|[\w.~%+=-]{16,512}(?=@[\w.\[-]))"
)


def logins(text: Text) -> Iterator[Hit]:
    """The name and password of an address, or the token that stands in their place."""
    for match in _LOGIN.finditer(text.raw):
        if ":" in match[0] or looks_drawn(match[0]):
            yield match.span()


_LINE = re.compile(r"[^\n]+")
_SEPARATORS = ("|", "\t", ",", ";")
_MOST_ROWS, _LONGEST_HEAD, _LONGEST_ROW = 200, 400, 4000
_AROUND_CELLS = " `*\"'\r"


def columns(text: Text) -> Iterator[Hit]:
    """Cells under a head that names a secret, in tables of Markdown and of CSV."""
    if "\n" not in text.raw.strip():
        return
    done = 0
    for place, _ in text.places(SIGNS):
        if place < done:
            continue
        low = max(0, place - _LONGEST_HEAD)
        start = text.raw.rfind("\n", low, place) + 1
        done = text.raw.find("\n", place, start + _LONGEST_HEAD + 1)
        if (start or low == 0) and done >= 0:
            separator, kinds = _head(text.raw[start:done])
            if any(kinds):
                done = yield from _rows(text.raw, done, separator, kinds)
        else:
            done = place + 1


def _head(line: str) -> tuple[str, list[str | None]]:
    """What separates the cells of a line, and what each says of those under it."""
    separator = next((mark for mark in _SEPARATORS if mark in line), "")
    if not separator or re.search(r"[={}()]", line):
        return "", []
    return separator, [kind_of(cell.strip(_AROUND_CELLS).replace(" ", "_")[:64]) for cell in line.split(separator)]


def _rows(text: str, at: int, separator: str, kinds: list[str | None]) -> Generator[Hit, None, int]:
    """The secrets in the rows from a place on; gives back where they end."""
    for line in islice(_LINE.finditer(text, at), _MOST_ROWS):
        cells = text[line.start() : min(line.end(), line.start() + _LONGEST_ROW)].split(separator)
        if len(cells) != len(kinds):
            break
        at = line.end()
        yield from _told(kinds, cells, line.start())
    return at


def _told(kinds: list[str | None], cells: list[str], place: int) -> Iterator[Hit]:
    """The cells of a row that are secrets; the row begins at `place`."""
    for kind, cell in zip(kinds, cells, strict=True):
        value = cell.strip(_AROUND_CELLS)
        if value and kind and tells(kind, value, tight=kind in (PASSWORD, SECRET)):
            start = place + cell.index(value)
            yield start, start + len(value)
        place += len(cell) + 1


_ALONE = re.compile(r"[A-Za-z0-9_-]{36,256}+")


def alone(text: Text) -> Iterator[Hit]:
    """A long run of letters of both cases and digits as chance draws them, and no part of longer base64 or a path."""
    matches = (match for run in text.long_runs(36) for match in _ALONE.finditer(text.raw, *run))
    for match in matches:
        before, after = text.raw[max(0, match.start() - 8) : match.start()], text.raw[match.end() : match.end() + 1]
        of_more = before[-1:] in tuple("+/=.%") or after in tuple("+/=%")
        if not of_more and not before.endswith(("base64,", "sha256:", "sha512:")) and _is_key(match[0], after):
            yield match.span()


_ID = re.compile(r"(?:sha\d+|chatcmpl|msg|call|toolu|resp|rs|req|run)[-_]|[a-z]+(?:[-_][a-z0-9]+){3}")


def _is_key(run: str, after: str) -> bool:
    of_both = re.search("[a-z]", run) and re.search("[A-Z]", run)
    return (
        bool(of_both)
        and len(set(run)) > 18
        and looks_drawn(run)
        and not _ID.match(run)
        and not from_base64(run + after)
    )
