"""Who may ask: keys are read once, kept as hashes and compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

from tpfeedback.errors import TpfeedbackError

SHORTEST_KEY = 16
ANYBODY = b""
"""The one owner of everything where no keys are asked for."""

_ADVICE = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(32))"'


def read_keys(path: Path) -> tuple[bytes, ...]:
    """Return the hashes of the keys in a file: one key a line; `#` begins a comment, at the start
    of a line or after white space.

    Raises `TpfeedbackError` where there is no key, or one that is too short or holds a space.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise TpfeedbackError(
            f"{path.name} is not UTF-8 text. Allowed: one key a line. Save it as UTF-8."
        ) from error
    left = {n: re.split(r"(?:^|\s)#", line, maxsplit=1)[0] for n, line in enumerate(lines, 1)}
    found = {n: key.strip() for n, key in left.items() if key.strip()}
    for number, key in found.items():
        if len(key) < SHORTEST_KEY or not key.isascii() or len(key.split()) > 1:
            raise TpfeedbackError(
                f"{path.name}, line {number}: the key has {len(key)} characters. Allowed: at least "
                f"{SHORTEST_KEY} ASCII characters without a space. {_ADVICE}"
            )
    if not found:
        raise TpfeedbackError(f"{path.name} holds no key. Allowed: one key a line. {_ADVICE}")
    return tuple(dict.fromkeys(digest(key) for key in found.values()))


def digest(key: str) -> bytes:
    """Return what is kept of a key: its SHA-256."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def owner_of(header: str, keys: tuple[bytes, ...]) -> bytes | None:
    """Return whose request it is by its `Authorization` header, None where the key is wrong.

    Every key is compared, each in constant time: how long it takes tells nothing.

    >>> owner_of("Bearer sesame-open-sesame", (digest("sesame-open-sesame"),)) is None
    False
    >>> owner_of("Bearer sesame", (digest("sesame-open-sesame"),)) is None
    True
    """
    scheme, _, key = header.partition(" ")
    given = digest(key.strip())
    matching = [one for one in keys if hmac.compare_digest(one, given)]
    return matching[0] if matching and scheme.lower() == "bearer" else None
