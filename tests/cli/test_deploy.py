"""What is shipped for those who run the dashboard does what it says."""

from __future__ import annotations

import configparser
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from readiness import paths
from readiness.outbound import mail, webhook
from readiness.store.engine import URL_VARIABLE
from readiness.web.door import BY_TOKEN, ORIGINS_VARIABLE, TOKEN_VARIABLE
from tests.cli.conftest import Run
from tests.outbound.receivers import web_server

DEPLOY = paths.ROOT / "deploy"
UNITS, BACKUPS = DEPLOY / "systemd", "/var/backups/readiness"


def unit(name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None, delimiters=("=",), strict=False)
    read.optionxform = str  # type: ignore[method-assign, assignment]
    read.read_string((UNITS / name).read_text("utf-8"))
    return read


def test_the_nightly_backup_runs_as_its_unit_says(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = unit("readiness-backup.service")["Service"]
    folder = tmp_path / "backups"
    folder.mkdir()
    for name, value in (pair.split("=", 1) for pair in shlex.split(service["Environment"])):
        monkeypatch.setenv(name, value)
    for key in ("ExecStart", "ExecStartPost"):
        program, *arguments = shlex.split(service[key])
        assert Path(program).name == "readiness"
        done = run(*(str(folder) if argument == BACKUPS else argument for argument in arguments))
        assert done.status == 0, done.err
    assert len(list(folder.glob("*.bak"))) == 1
    assert set(service["ReadWritePaths"].split()) == {service["WorkingDirectory"], BACKUPS}


def test_the_timer_starts_the_service_of_its_name_every_night() -> None:
    timer = unit("readiness-backup.timer")
    assert (UNITS / "readiness-backup.service").exists()
    assert timer["Timer"]["OnCalendar"] == "*-*-* 02:30"
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_the_timer_of_reminders_starts_a_command_that_sends_them(
    run: Run, portfolio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, timer = unit("readiness-remind.service")["Service"], unit("readiness-remind.timer")
    assert timer["Timer"]["OnCalendar"] == "*-*-* 07:00"
    program, *arguments = shlex.split(service["ExecStart"])
    assert Path(program).name == "readiness"
    with web_server() as posts:
        monkeypatch.setenv(webhook.VARIABLE, posts.url)
        done = run(*arguments)
    assert done.status == 0, done.err
    assert posts.received
    told = (UNITS / "readiness-remind.service").read_text("utf-8")
    assert all(name in told for name in (mail.VARIABLE, mail.FROM_VARIABLE, webhook.VARIABLE, URL_VARIABLE))


def test_a_replica_is_started_with_options_that_there_are(run: Run) -> None:
    service = unit("readiness@.service")["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert Path(program).name == "readiness"
    assert arguments == ["serve", "--port", "%i"]
    assert "--port" in run("serve", "--help").out
    assert service["WorkingDirectory"] in service["ReadWritePaths"].split()


def documents(path: str) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all((DEPLOY / path).read_text("utf-8")) if document]


def deployed() -> Any:
    (found,) = (each for each in documents("kubernetes/readiness.yaml") if each["kind"] == "Deployment")
    return found["spec"]["template"]["spec"]


def test_every_container_of_ours_runs_as_nobody_and_writes_only_where_it_must() -> None:
    compose = documents("container/compose.yaml")[0]
    replicas = [service for service in compose["services"].values() if service.get("image") == "readiness"]
    assert len(replicas) == 2
    for replica in replicas:
        assert (replica["read_only"], replica["cap_drop"]) == (True, ["ALL"])
        assert replica["network_mode"] == "service:proxy"  # it answers on loopback only
        assert "ports" not in replica
    assert compose["networks"]["back"]["internal"] is True
    pod = deployed()
    assert pod["securityContext"]["runAsNonRoot"] is True
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    assert "USER 10001" in (DEPLOY / "container" / "Dockerfile").read_text("utf-8")


def test_all_of_them_speak_of_the_same_ports_and_variables() -> None:
    nginx = (DEPLOY / "nginx" / "readiness.conf").read_text("utf-8")
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", nginx)) == {"8501", "8502"}
    compose = documents("container/compose.yaml")[0]["services"]
    assert [compose[name]["command"] for name in ("first", "second")] == [["8501"], ["8502"]]
    pod = deployed()
    named = {variable["name"] for variable in pod["containers"][0]["env"]}
    assert named == {TOKEN_VARIABLE, ORIGINS_VARIABLE, URL_VARIABLE}
    for path in ("container/compose.yaml", "systemd/readiness@.service"):
        assert all(name in (DEPLOY / path).read_text("utf-8") for name in named)


def test_the_image_is_built_from_all_that_the_package_needs() -> None:
    ignored = (DEPLOY / "container" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    taken = {line.removeprefix("!").partition("/")[0] for line in ignored if line.startswith("!")}
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text("utf-8"))
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"].get("force-include", {})
    assert {name.partition("/")[0] for name in packed} <= taken
    assert {"readiness", "pyproject.toml", "README.md", "LICENSE", "requirements"} <= taken


@pytest.mark.parametrize("prefix", ["calendar", "shared"])
def test_addresses_that_end_in_a_secret_are_in_no_log_of_the_proxy(prefix: str) -> None:
    assert f"/{prefix}/" in BY_TOKEN
    nginx = (DEPLOY / "nginx" / "readiness.conf").read_text("utf-8")
    places = re.findall(r"location (?:~ )?(\S+) \{\n(.*?)\n    \}", nginx, re.DOTALL)
    (settings,) = [body for place, body in places if place.startswith("^") and re.match(place, f"/{prefix}/x")]
    assert "access_log off;" in settings
    assert "error_log /dev/null crit;" in settings
