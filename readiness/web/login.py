"""How people log in: what `secrets.toml` says of the provider, and who somebody is by what it vouches for."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from readiness.access import ROLES, Grant
from readiness.errors import Denied, InputError
from readiness.language import tr
from readiness.model.people import Identity, LoginRules

CALLBACK = "/oauth2callback"
PLACE = ".streamlit/secrets.toml"
SHORTEST_SECRET = 32
_DESCRIPTION = "/.well-known/openid-configuration"
_ONE_LOGIN = ("iss", "sub", "iat", "exp", "nonce", "jti", "sid", "at_hash")
"""Claims that tell one login of a person from another."""


@dataclass(frozen=True)
class Login:
    """One provider. `origin` is where people reach the dashboard, `claim` where the provider puts their groups.

    `issuer` is what the provider calls itself, and `client` what it calls this dashboard: what another one says, or
    says to another program, is no login here. `address` is the claim that holds an address; unless an operator names
    another one it has to be verified.
    """

    origin: str
    issuer_at: str
    issuer: str
    client: str
    claim: str
    address: str
    rules: LoginRules

    def identity(self, claims: Mapping[str, Any]) -> Identity:
        """Raises Denied where the provider does not say who it is, and for what another one says, or says to others."""
        told = {name: claims.get(name) for name in ("iss", "sub", "iat")}
        if not (isinstance(told["iss"], str) and told["iss"] and isinstance(told["sub"], str) and told["sub"]):
            raise Denied(tr("the provider does not say who you are"), expected=tr("an issuer and a subject"))
        if not isinstance(told["iat"], int | float):
            raise Denied(tr("the provider does not say when you logged in"), expected=tr("the claim iat"))
        self._refuse_others(told["iss"], claims.get("aud"))
        one = json.dumps([claims.get(name) for name in _ONE_LOGIN], default=str)
        return Identity(
            issuer=told["iss"],
            subject=told["sub"],
            address=self._address(claims),
            name=str(claims.get("name") or ""),
            groups=_groups(claims.get(self.claim)),
            began=dt.datetime.fromtimestamp(told["iat"], dt.UTC),
            key=hashlib.sha256(one.encode()).hexdigest(),
        )

    def _refuse_others(self, issuer: str, audience: Any) -> None:
        """Authlib takes whatever issuer the description names, and any audience where `azp` is ours."""
        if issuer.rstrip("/") != self.issuer.rstrip("/"):
            raise Denied(tr("the login is vouched for by {issuer}", issuer=issuer), expected=self.issuer)
        if self.client not in (audience if isinstance(audience, list) else [audience]):
            raise Denied(
                tr("the login is for another program"), expected=tr("a token for {client}", client=self.client)
            )

    def _address(self, claims: Mapping[str, Any]) -> str:
        """Empty where the provider has not verified it: anybody may write any address into a profile."""
        if self.address == "email" and claims.get("email_verified") is not True:
            return ""
        return str(claims.get(self.address) or "").strip().lower()


def _groups(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset({value})
    return frozenset(str(one) for one in value) if isinstance(value, list | tuple) else frozenset()


def configured() -> Login | None:
    """The login of this dashboard; None where none is set up. Raises InputError for one that would not hold."""
    try:
        auth = st.secrets.get("auth")
        ours = st.secrets.get("readiness") or {}
    except StreamlitSecretNotFoundError:
        return None
    if auth is None:
        return None
    _check(auth)
    parts = urlsplit(str(auth["redirect_uri"]))
    return Login(
        origin=f"{parts.scheme}://{parts.netloc}".lower(),
        issuer_at=str(auth["server_metadata_url"]),
        issuer=_issuer(auth, ours),
        client=str(auth["client_id"]),
        claim=str(ours.get("groups_claim", "groups")),
        address=str(ours.get("address_claim", "email")),
        rules=LoginRules(
            idle=_duration(ours, "idle_minutes", 60, dt.timedelta(minutes=1)),
            absolute=_duration(ours, "longest_hours", 12, dt.timedelta(hours=1)),
            mapped=tuple(map(_mapped, ours.get("roles", ()))),
        ),
    )


def _issuer(auth: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    """As the operator names it, else as its description has to be called after it."""
    named = ours.get("issuer", auth["server_metadata_url"].removesuffix(_DESCRIPTION))
    if not isinstance(named, str) or not named.strip():
        raise InputError(
            tr("{named!r} is no issuer", named=named), file=PLACE, place="readiness.issuer", expected=tr("an address")
        )
    return named.strip()


def _check(auth: Mapping[str, Any]) -> None:
    for name in ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url"):
        if not isinstance(auth.get(name), str) or not auth[name].strip():
            raise InputError(tr("the login has no value here"), file=PLACE, place=f"auth.{name}", expected=tr("a text"))
    if len(auth["cookie_secret"]) < SHORTEST_SECRET:
        raise InputError(
            tr("the secret is easily guessed"),
            file=PLACE,
            place="auth.cookie_secret",
            expected=tr("{number} random letters or more, as openssl rand -hex 32 gives", number=SHORTEST_SECRET),
        )
    for name in ("redirect_uri", "server_metadata_url"):
        if not _is_private(auth[name]):
            raise InputError(
                tr("{address!r} could be read on the way", address=auth[name]),
                file=PLACE,
                place=f"auth.{name}",
                expected=tr("an address with https, or one of this machine"),
            )
    if not auth["redirect_uri"].endswith(CALLBACK) or urlsplit(auth["redirect_uri"]).path != CALLBACK:
        raise InputError(
            tr("the provider would send people back to another page"),
            file=PLACE,
            place="auth.redirect_uri",
            expected=tr("the address of the dashboard and {path}", path=CALLBACK),
        )


def _is_private(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")


def _duration(ours: Mapping[str, Any], name: str, default: int, unit: dt.timedelta) -> dt.timedelta:
    value = ours.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(
            tr("{duration!r} is no time", duration=value),
            file=PLACE,
            place=f"readiness.{name}",
            expected=tr("a whole number from 1"),
        )
    return value * unit


def _mapped(entry: Any) -> tuple[str, Grant]:
    """`{group = "…", role = "…", system = "…"}`: what being in a group grants; without a system on all of them."""
    keys = set(entry) if isinstance(entry, Mapping) else set()
    if not {"group", "role"} <= keys or keys - {"group", "role", "system"}:
        raise InputError(
            tr("an entry cannot be read"),
            file=PLACE,
            place="readiness.roles",
            expected=tr("a group, a role and perhaps a system"),
        )
    if entry["role"] not in ROLES:
        problem, expected = (
            tr("there is no role {role!r}", role=entry["role"]),
            tr("one of {known}", known=", ".join(ROLES)),
        )
        raise InputError(problem, file=PLACE, place="readiness.roles", expected=expected)
    return str(entry["group"]), Grant(entry["role"], str(entry["system"]) if "system" in entry else None)
