from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
import tomli_w

from readiness.access import Grant
from readiness.errors import Denied, InputError
from readiness.model.people import LoginRules
from readiness.web import serve
from readiness.web.door import Reach
from readiness.web.login import Login, configured

AUTH = {
    "redirect_uri": "https://ready.example.com/oauth2callback",
    "cookie_secret": "0123456789" * 4,
    "client_id": "readiness",
    "client_secret": "x",
    "server_metadata_url": "https://id.example.com/.well-known/openid-configuration",
}
CLAIMS = {
    "iss": "https://id.example.com",
    "aud": "readiness",
    "sub": "omar",
    "iat": 1_800_000_000,
    "email": "Omar@Example.com",
}
LOGIN = Login(
    "https://ready.example.com", "https://id", "https://id.example.com", "readiness", "groups", "email", LoginRules()
)


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write a file as an operator does, and have it read."""

    def write(found: Mapping[str, Any]) -> None:
        path = tmp_path / "secrets.toml"
        path.write_bytes(tomli_w.dumps(dict(found)).encode())
        st.config.set_option("secrets.files", [str(path)])
        st.secrets._reset()

    yield write
    st.config.set_option("secrets.files", [str(tmp_path / "none.toml")])
    st.secrets._reset()


def test_without_a_file_or_without_a_provider_nobody_logs_in(secrets: Any) -> None:
    secrets({"else": {"a": 1}})
    assert configured() is None


def test_what_an_operator_writes_is_what_holds(secrets: Any) -> None:
    roles = [{"group": "risk", "role": "approver", "system": "desk"}, {"group": "all", "role": "viewer"}]
    secrets({"auth": AUTH, "readiness": {"roles": roles, "idle_minutes": 30, "longest_hours": 8, "groups_claim": "g"}})
    login = configured()
    assert login is not None
    assert (login.origin, login.claim, login.address) == ("https://ready.example.com", "g", "email")
    mapped = (("risk", Grant("approver", "desk")), ("all", Grant("viewer")))
    assert login.rules == LoginRules(dt.timedelta(minutes=30), dt.timedelta(hours=8), mapped)


@pytest.mark.parametrize(
    ("auth", "ours", "why"),
    [
        ({"client_id": ""}, {}, "secrets.toml, auth.client_id: the login has no value here; expected a text"),
        ({"cookie_secret": "short"}, {}, "auth.cookie_secret: the secret is easily guessed; expected 32 random"),
        (
            {"redirect_uri": "http://a.com/oauth2callback"},
            {},
            "read on the way; expected an address with https",
        ),
        ({"server_metadata_url": "http://id.example.com/x"}, {}, "could be read on the way"),
        ({"redirect_uri": "https://a.com/other"}, {}, "would send people back to another page"),
        ({"redirect_uri": "https://a.com/x/oauth2callback"}, {}, "would send people back to another page"),
        ({}, {"idle_minutes": 0}, "readiness.idle_minutes: 0 is no time; expected a whole number from 1"),
        ({}, {"issuer": " "}, "readiness.issuer: ' ' is no issuer; expected an address"),
        ({}, {"longest_hours": True}, "readiness.longest_hours: True is no time"),
        ({}, {"roles": [{"group": "x", "role": "boss"}]}, "readiness.roles: there is no role 'boss'"),
        ({}, {"roles": [{"role": "viewer"}]}, "readiness.roles: an entry cannot be read; expected a group, a role"),
        ({}, {"roles": [{"group": "x", "role": "viewer", "sytem": "y"}]}, "an entry cannot be read"),
    ],
)
def test_a_login_that_would_not_hold_is_refused(secrets: Any, auth: Any, ours: Any, why: str) -> None:
    secrets({"auth": AUTH | auth, "readiness": ours})
    with pytest.raises(InputError, match=why):
        configured()


def test_who_somebody_is_comes_from_what_the_provider_has_verified() -> None:
    assert LOGIN.identity(CLAIMS).address == ""
    assert LOGIN.identity(CLAIMS | {"email_verified": "true"}).address == ""
    told = LOGIN.identity(CLAIMS | {"email_verified": True, "groups": "risk", "name": "Omar"})
    assert (told.address, told.name) == ("omar@example.com", "Omar")
    assert told.groups == {"risk"}
    assert LOGIN.identity(CLAIMS | {"groups": ["a", 1]}).groups == {"a", "1"}
    named = replace(LOGIN, address="upn")
    assert named.identity(CLAIMS | {"upn": "o@example.com"}).address == "o@example.com"


def test_each_login_is_told_from_the_one_before() -> None:
    first = LOGIN.identity(CLAIMS)
    assert first.key == LOGIN.identity(CLAIMS | {"is_logged_in": True, "origin": "x"}).key
    assert first.key != LOGIN.identity(CLAIMS | {"iat": 1_800_000_001}).key
    assert first.key != LOGIN.identity(CLAIMS | {"nonce": "other"}).key
    assert first.began == dt.datetime.fromtimestamp(1_800_000_000, dt.UTC)


@pytest.mark.parametrize("name", ["iss", "sub", "iat"])
@pytest.mark.parametrize("value", [None, "", []])
def test_claims_that_leave_out_who_and_when_are_refused(name: str, value: object) -> None:
    with pytest.raises(Denied, match="the provider does not say"):
        LOGIN.identity(CLAIMS | {name: value})


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://other.example.com"}, "vouched for by https://other.example.com; expected https://id.example"),
        ({"aud": "other"}, "for another program; expected a token for readiness"),
        ({"aud": ["other"]}, "for another program"),
        ({"aud": None}, "for another program"),
    ],
)
def test_what_another_provider_says_or_says_to_others_is_no_login_here(claims: dict[str, Any], why: str) -> None:
    with pytest.raises(Denied, match=why):
        LOGIN.identity(CLAIMS | claims)


def test_the_issuer_is_what_its_description_is_called_after_or_what_an_operator_names(secrets: Any) -> None:
    secrets({"auth": AUTH})
    found = configured()
    assert found is not None
    assert (found.issuer, found.client) == ("https://id.example.com", "readiness")
    assert found.identity(CLAIMS | {"iss": "https://id.example.com/", "aud": ["x", "readiness"]}).subject == "omar"
    secrets({"auth": AUTH, "readiness": {"issuer": "https://sts.example.com/tenant/"}})
    named = configured()
    assert named is not None
    assert named.identity(CLAIMS | {"iss": "https://sts.example.com/tenant/"}).subject == "omar"


def test_beside_this_machine_only_the_proxies_that_are_named_may_connect() -> None:
    reach = Reach.through(["10.1.0.0/16", "fd00::7"])
    assert [reach.covers(host) for host in ("127.0.0.1", "10.1.2.3", "10.2.0.1", "fd00::7", "fd00::8", "x")] == [
        *(True, True, False),
        *(True, False, False),
    ]
    assert not Reach().covers("10.1.2.3")
    assert Reach(all=True).covers("203.0.113.9")
    assert Reach.through(["10.0.0.1"]).proxies == (ipaddress.ip_network("10.0.0.1/32"),)
    with pytest.raises(InputError, match=r"--trusted-proxy: .* expected an address, or a network as 10"):
        Reach.through(["proxy"])


TLS = serve.Tls(Path("a.pem"), Path("b.pem"))


@pytest.mark.parametrize(
    ("login", "more", "why"),
    [
        (False, {"host": "0.0.0.0"}, "--host: the dashboard would be open to the network at 0.0.0.0 without a login"),  # noqa: S104
        (False, {"host": "127.0.0.1", "proxies": ["10.0.0.1"]}, "without a login"),
        (False, {"host": "127.0.0.1", "tls": TLS}, "without a login"),
        (True, {"host": "0.0.0.0"}, "--host: what is sent to 0.0.0.0 could be read on the way; expected --tls-cert"),  # noqa: S104
        (True, {"host": "0.0.0.0", "tls": TLS, "processes": 2}, "--workers: several processes do not share a certific"),  # noqa: S104
    ],
)
def test_nothing_is_opened_to_others_without_a_login_and_privacy(
    secrets: Any, login: bool, more: dict[str, Any], why: str
) -> None:
    secrets({"auth": AUTH} if login else {"else": {}})
    with pytest.raises(InputError, match=why):
        serve.run(port=1, **more)
