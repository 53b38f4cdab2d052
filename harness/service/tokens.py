"""Who is asking: bearer tokens, of which only the SHA-256 is kept.

Tokens are random and long, so a plain digest is enough: there is nothing to guess. A given token is compared with
every entry in constant time, and each entry is compared, so that time tells nothing about which one it was.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness.base.errors import InvalidFileError, UsageError
from harness.service.problems import Problem

VARIABLE = "CV_HARNESS_SERVICE_TOKENS"
"""Entries as in the file, separated by line breaks or semicolons."""

_SHAPE = "SHA256-OF-THE-TOKEN USER TENANT [EXPIRES as 2027-01-31T00:00:00Z]"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is. tenant: the customer the user belongs to, for flag rules."""

    user: str
    tenant: str


@dataclass(frozen=True, slots=True)
class Token:
    """One entry. digest: hex SHA-256 of the token."""

    digest: str
    identity: Identity
    expires: datetime | None

    def entry(self) -> str:
        until = "" if self.expires is None else " " + self.expires.isoformat()
        return f"{self.digest} {self.identity.user} {self.identity.tenant}{until}"


def new_token(user: str, tenant: str = "default", expires: datetime | None = None) -> tuple[str, Token]:
    """A fresh token, shown once, and the entry that is kept of it."""
    for name in (user, tenant):
        if not name or any(c.isspace() or c == ";" for c in name):
            raise UsageError(f"{name!r} is no name for a user or tenant", hint="use one word")
    secret = "cvt_" + secrets.token_urlsafe(32)
    return secret, Token(_digest(secret), Identity(user, tenant), expires)


def read_tokens(path: Path | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The entries of the file and of the environment, checked. Raises InvalidFileError or UsageError."""
    found: list[str] = []
    if path is not None:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"cannot read {path}: {error}", hint="make one with `cv-harness service token`") from None
        for number, line in enumerate(lines, start=1):
            if line.strip() and not line.lstrip().startswith("#"):
                try:
                    found.append(_parse(line).entry())
                except ValueError as error:
                    raise InvalidFileError(path, f"line {number}", str(error), hint=_SHAPE) from None
    for entry in environ.get(VARIABLE, "").replace("\n", ";").split(";"):
        if entry.strip():
            try:
                found.append(_parse(entry).entry())
            except ValueError as error:
                raise UsageError(f"{VARIABLE}: {error}", hint=_SHAPE) from None
    return tuple(found)


class Tokens:
    """All tokens a service knows."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._tokens = tuple(_parse(entry) for entry in entries)

    def identify(self, authorization: str | None, now: datetime) -> Identity:
        """Whose token an Authorization header carries. Raises Problem (401)."""
        scheme, _, secret = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise Problem("token_missing", headers={"WWW-Authenticate": "Bearer"})
        given = _digest(secret.strip())
        found: Token | None = None
        for token in self._tokens:
            if hmac.compare_digest(token.digest, given):
                found = token
        headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        if found is None:
            raise Problem("token_unknown", headers=headers)
        if found.expires is not None and found.expires <= now:
            raise Problem("token_expired", headers=headers)
        return found.identity


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _parse(entry: str) -> Token:
    words = entry.split()
    if len(words) not in (3, 4):
        raise ValueError(f"expected 3 or 4 words, found {len(words)}")
    if len(words[0]) != 64 or not set(words[0]) <= set("0123456789abcdef"):
        raise ValueError("the first word is no SHA-256 in lower-case hexadecimal")
    expires = None
    if len(words) == 4:
        expires = datetime.fromisoformat(words[3])
        expires = expires if expires.tzinfo else expires.replace(tzinfo=UTC)
    return Token(words[0], Identity(words[1], words[2]), expires)
