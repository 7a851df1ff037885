"""Who a pack names: no value of a cohort that is not public, no file and, but for leadership, nobody by name."""

from __future__ import annotations

import dataclasses
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

import pytest

from readiness import clock, pack
from readiness.model.assessment import Assessment, Expected, Mark, System
from readiness.model.cells import Cell
from readiness.model.evidence import Doubt, Evidence
from readiness.model.incidents import ReportedIncident
from readiness.model.policy import Approver, Gate, ReleasePolicy
from readiness.pack import render
from readiness.pack.profiles import PUBLIC_DIMENSIONS
from readiness.pack.snapshot import Snapshot
from readiness.services import incidents
from tests import stored
from tests.pack import paper

from .conftest import DAY, NOON, Desk, asking, ordinary

DIMENSIONS = (
    *("tenant", "tenant_id", "Customer", "client name", "client_id", "account", "organisation", "org", "company"),
    *(
        "insurer",
        "partner",
        "merchant",
        "bank",
        "workspace",
        "mandant",
        "Mandant",
        "Kunde",
        "顧客",
        "クライアント",
        "고객",
    ),
    *("client-group", "cliente", "cohort", "segment", "site", "branch", "brand", "dealer", "carrier", "broker"),
    *("hospital", "school", "project", "team", "group", "user", "plan", "contract", "domain", "subscriber"),
)
FORMS = ("GmbH", "AG", "Ltd", "Bank", "& Söhne", "株式会社")
NAMES = [
    f"{first}{second} {form}"
    for (first, second), form in zip(
        itertools.product(
            ("Vor", "Kes", "Bru", "Dax", "Mil", "Pol", "Zet"), ("lanta", "merin", "doska", "quilo", "ravik", "tumba")
        ),
        itertools.cycle(FORMS),
        strict=False,
    )
]
CANARIES = dict(zip(DIMENSIONS, NAMES, strict=False))
"""A name of its own for each dimension."""


def spellings(name: str) -> Iterator[str]:
    words = re.findall(r"\w+", name)
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in name)
    yield name
    yield "-".join(words).lower()
    yield "".join(words)
    yield name.upper()
    yield wide
    yield "\u200b".join(name)
    yield quote(name)
    yield "_".join(words)


def bare(text: str) -> str:
    """The letters of a document without what may stand between them, found by other means than the product's."""
    whole = unicodedata.normalize("NFKD", unquote(unicodedata.normalize("NFKC", text))).casefold()
    return "".join(char for char in whole if char.isalnum())


def named_in(document: str) -> set[str]:
    """The canaries that can be read in a document, whole or without what follows the first word."""
    letters = bare(document)
    return {name for name in CANARIES.values() if bare(name.split()[0]) in letters}


def everywhere(field: str) -> str:
    """All names in all spellings, or as many as a line takes, others for each field."""
    texts = [spelled for name in CANARIES.values() for spelled in spellings(name)]
    if field in ("system.name", "candidate", "baseline"):
        return f"{field} {texts[len(field)]}"
    if field in ("cell.tenant", "trace.tenant"):
        return "Ordinary"
    if field in ("approver.name", "approver.role"):
        return ordinary(field)
    if not LONG.search(field):
        start = 5 * sum(map(ord, field)) % (len(texts) - 5)
        return " ".join([field, *texts[start : start + 5]])[:300]
    return f"{field}: {'; '.join(texts)}."


LONG = re.compile(
    r"\.(note|action|holds_for|critical_reason|description|error|proceed_if|steps|confirm|data_dep)|^scope$"
)


@pytest.fixture(scope="module")
def named(shared_desk: Desk) -> Desk:
    """Names of customers in every text of a system, under forty dimensions and in the names of files."""
    shared_desk.fill(everywhere)
    add(shared_desk, "copilot", [*CANARIES.items(), ("language", "ja")])
    return shared_desk


def add(desk: Desk, slug: str, cohorts: list[tuple[str, str]]) -> None:
    review = desk.review(slug)
    versions = review.assessment.candidate, review.assessment.baseline
    cells = tuple(
        Cell(
            version=version,
            metric="task_success",
            dimension=dimension,
            value=value,
            mean=mean,
            n=100 + at,
            unit="ratio",
        )
        for version, mean in zip(versions, (0.8, 0.9), strict=True)
        for at, (dimension, value) in enumerate(cohorts)
    )
    for at, spelled in enumerate(itertools.chain(*(spellings(name) for name in [*CANARIES.values()][:5]))):
        digest = f"{slug}{at}".encode().hex().rjust(64, "0")
        doubt = Doubt(kind="total", what=f"cases of {spelled}", stated="3", counted="4")
        file = Evidence(
            name=f"{spelled}-2026.csv",
            format="promptfoo",
            kind="results",
            digest=digest,
            size=1,
            measured_on=DAY,
            doubts=[doubt] if at % 8 == 0 else [],
        )
        stored.add_evidence(desk.store, desk.by, slug, file, cells)


@pytest.mark.parametrize("format", pack.FORMATS)
@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_no_customer_is_named_in_any_spelling(named: Desk, audience: str, format: str) -> None:
    made = named.build(audience, format=format)
    assert len(CANARIES) == 40
    assert named_in(paper.told(made)) == set()
    assert named_in(made.name) == set()


def opened(desk: Desk, audience: str) -> str:
    """The pack as it would be if all of these dimensions were public."""
    review = desk.review()
    request = asking(audience, review)
    assert review.policy is not None
    record = review.policy.record.model_copy(update={"public_dimensions": list(DIMENSIONS)})
    dossier = dataclasses.replace(review.dossier, policy=dataclasses.replace(review.policy, record=record))
    review = dataclasses.replace(review, dossier=dossier)
    return pack.render.markdown(pack.snapshot(review, request, chain_head="", made_at=NOON))


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_the_figures_stay(named: Desk, audience: str) -> None:
    figures = re.compile(r"[+−]?[\d.,]+ (?:%|points|ms)|\(n [\d,]+\)|\\\[.*?\]")
    shown = figures.findall(named.build(audience).body.decode())
    assert len(shown) >= 10
    told = figures.findall(opened(named, audience))
    assert shown == told if not pack.AUDIENCES[audience].fewest else not Counter(shown) - Counter(told)


def test_the_names_are_in_the_pack_where_the_policy_makes_their_dimensions_public(named: Desk) -> None:
    assert named_in(opened(named, "security")) == set(CANARIES.values())


def of(desk: Desk, *cohorts: tuple[str, str], note: str = "", **fields: Any) -> str:
    """A system with figures of these cohorts, and a note that names them; gives its slug."""
    boundary = Mark(signal="data-boundary", mark="no", note=note, evidence=[note])
    slug = desk.bare(marks=[boundary], **fields)
    file = Evidence(name="r.csv", format="native-results", kind="results", digest="a" * 64, size=1, measured_on=DAY)
    cells = tuple(
        Cell(version="2026.11", metric="task_success", dimension=dimension, value=value, mean=0.5, n=10 - at)
        for at, (dimension, value) in enumerate(cohorts)
    )
    stored.add_evidence(desk.store, desk.by, slug, file, cells)
    return slug


def section(taken: Snapshot, name: str) -> Any:
    return next(own.data for own in taken.sections if own.id == name)


def note(desk: Desk, audience: str = "security") -> str:
    return str(section(desk.take(audience), "boundary")["attestations"][0]["note"])


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_whatever_a_dimension_is_called_its_values_are_numbered_under_that_name(desk: Desk, dimension: str) -> None:
    of(desk, (dimension, "Kuroda Lines"), note="Checked for kuroda-lines.")
    assert note(desk) == f"Checked for {dimension} 1."


@pytest.mark.parametrize("dimension", [*PUBLIC_DIMENSIONS, "Query Class", "LANGUAGE", "query-class"])
def test_values_of_a_public_dimension_are_shown(desk: Desk, dimension: str) -> None:
    of(desk, (dimension, "Portuguese-Brazil"), note="Checked for Portuguese-Brazil.")
    assert note(desk) == "Checked for Portuguese-Brazil."
    assert desk.take("security").foot["numbered"] == ""


def test_the_policy_adds_public_dimensions(desk: Desk) -> None:
    of(
        desk,
        ("Sales Channel", "Webshop"),
        note="The Webshop",
        policy=ReleasePolicy(public_dimensions=["sales_channel"]),
    )
    assert note(desk) == "The Webshop"


def test_numbers_go_by_cases_and_are_the_same_everywhere(desk: Desk) -> None:
    gates = [Gate(metric="task_success", cohort="tenant=Acme", min=0.9)]
    of(desk, ("tenant", "Zeta"), ("tenant", "Acme"), note="Acme and Zeta", policy=ReleasePolicy(gates=gates))
    taken = desk.take("security")
    assert note(desk) == "tenant 2 and tenant 1"
    (gate,) = section(taken, "gates")["gates"]
    assert gate["gate"].endswith("for tenant 2")
    assert "for tenant 2 (n 9" in gate["why"]


def test_only_names_that_are_in_the_pack_are_counted(desk: Desk) -> None:
    of(desk, ("tenant", "Zeta"), ("tenant", "Acme"), ("tenant", "Globex"), note="Globex, then Acme")
    assert note(desk) == "tenant 2, then tenant 1"


def test_one_customer_under_two_dimensions_has_one_number(desk: Desk) -> None:
    gates = [Gate(metric="task_success", cohort=f"{dimension}=Acme", min=0.9) for dimension in ("tenant", "account")]
    of(desk, ("tenant", "Acme"), ("account", "ACME"), note="Acme", policy=ReleasePolicy(gates=gates))
    shown = [gate["gate"] for gate in section(desk.take("security"), "gates")["gates"]]
    assert [gate.rpartition(" for ")[2] for gate in shown] == ["tenant 1", "account=tenant 1"]
    assert note(desk) == "tenant 1"


def test_a_value_that_is_a_name_elsewhere_is_none_of_a_public_dimension(desk: Desk) -> None:
    of(desk, ("tenant", "Acme"), ("region", "Acme"), note="Acme; region=Acme")
    assert note(desk) == "tenant 1; region=tenant 1"


def test_short_and_plain_values_are_withheld_beside_their_dimension(desk: Desk) -> None:
    text = 'tenant=de, tenant = 42, tenant: 7, tenant "x1", tenant 42 and Tenant=Hard: 42 hard cases de novo'
    of(desk, *(("tenant", value) for value in ("de", "42", "7", "x1", "hard")), note=text)
    numbers = {"de": 1, "42": 2, "7": 3, "x1": 4, "hard": 5}
    expected = "tenant 1, tenant 2, tenant 3, tenant 4, tenant 2 and tenant 5: 42 hard cases de novo"
    assert note(desk) == expected
    assert set(numbers.values()) == {1, 2, 3, 4, 5}


def test_what_stands_behind_a_dimension_and_is_in_no_figure_is_withheld_too(desk: Desk) -> None:
    of(desk, ("tenant", "Acme"), note="tenant=globex; not tenant: nobody")
    assert note(desk) == "tenant 1; not tenant: nobody"


def test_names_come_from_figures_traces_gates_incidents_and_what_is_expected(desk: Desk) -> None:
    said = {"cell.tenant": " Kuroda Lines ", "trace.tenant": "Hapaq, Inc.;customer=Zeta , language=Yapanese"}
    said |= {"gate.cohort": "account=Globex", "incident.tenant": "Umbrella"}
    said |= {"boundary.note": "Kuroda Lines, HAPAQ, Zeta, Globex, Initech, Yapanese, Umbrella"}
    desk.fill(lambda field: said.get(field, ordinary(field)))
    review = desk.review()
    assessment = review.dossier.assessment
    expected = assessment.record.model_copy(update={"expected": Expected(cohorts={"market=Initech": 0.2})})
    dossier = dataclasses.replace(review.dossier, assessment=dataclasses.replace(assessment, record=expected))
    taken = pack.snapshot(
        dataclasses.replace(review, dossier=dossier),
        asking("security"),
        chain_head="",
        made_at=NOON,
    )
    shown = str(section(taken, "boundary")["attestations"][0]["note"])
    tenants = ["tenant 1", "tenant 2", "tenant 3"]
    assert sorted(shown.split(", ")) == ["Yapanese", "account 1", "customer 1", "market 1", *tenants]


def test_all_of_them_together_are_no_name(desk: Desk) -> None:
    of(desk, ("tenant", "*"), ("tenant", " "), note="All * of them")
    assert note(desk) == "All * of them"


def test_names_are_left_out_of_the_head_the_candidate_and_the_name_of_the_file(desk: Desk) -> None:
    slug = desk.bare(
        "kuroda-copilot",
        system=System(slug="kuroda-copilot", name="Copilot of Kuroda"),
        assessment=Assessment(candidate="kuroda-2026", baseline="KURODA 1", scope=f"{'x' * 150} kuroda-lines"),
    )
    file = Evidence(name="r.csv", format="results", kind="results", digest="a" * 64, size=1, measured_on=DAY)
    figure: dict[str, Any] = {"version": "kuroda-2026", "metric": "task_success", "dimension": "tenant", "n": 5}
    stored.add_evidence(
        desk.store,
        desk.by,
        slug,
        file,
        (Cell(value="Kuroda Lines", mean=0.5, **figure), Cell(value="Kuroda", mean=0.5, **figure | {"n": 4})),
    )
    made = desk.build("security", slug)
    assert made.name == "tenant-2-copilot_tenant-2-2026_security_2026-11-23.md"
    assert "kuroda" not in made.body.decode().casefold()
    assert desk.take("security", slug).head["scope"] == f"{'x' * 150} tenant 1"


def test_a_dimension_that_names_somebody_itself_is_called_a_group(desk: Desk) -> None:
    of(desk, ("tenant", "Acme"), ("is_acme", "yes"), ("dana@example.com", "premier"), note="is_acme=yes, premier")
    assert note(desk) == "group 1, group 2"


def test_a_number_stands_apart_from_letters_beside_it(desk: Desk) -> None:
    of(desk, ("tenant", "kuroda"), note="kuroda2, mykuroda and tenant Kuroda")
    assert note(desk) == "tenant 1-2, my-tenant 1 and tenant 1"


def test_files_stand_by_their_kind_and_a_number_wherever_they_are_named(desk: Desk) -> None:
    desk.bare(marks=[Mark(signal="data-boundary", mark="no", note="See Q3-numbers.json, q3_numbers and odd.csv")])
    doubt = Doubt(kind="total", what="the mean", stated="1", counted="2")
    for at, (name, tool) in enumerate(
        (("Q3-numbers.json", "promptfoo"), ("odd.csv", "secret-tool"), ("b.json", "promptfoo"))
    ):
        file = Evidence(
            name=name,
            format=tool,
            kind="results",
            digest=f"{at}" * 64,
            size=1,
            measured_on=DAY,
            doubts=[] if at else [doubt],
        )
        stored.add_evidence(desk.store, desk.by, "copilot", file, (Cell(version="2026.11", metric="m", mean=1.0, n=3),))
    taken = desk.take("security")
    assert note(desk) == "See promptfoo results 1, promptfoo results 1 and results 1"
    data = section(taken, "provenance")
    assert [file["name"] for file in data["files"]] == ["promptfoo results 1", "results 1", "promptfoo results 2"]
    assert data["doubts"][0]["name"] == "promptfoo results 1"
    assert "Q3" not in str(desk.take("leadership"))


def test_people_stand_by_their_role_but_for_leadership(desk: Desk) -> None:
    boundary = Mark(
        signal="data-boundary",
        mark="partial",
        holds_for="EU",
        owner="li@example.com",
        note="Ask Dana Reyes, Reyes, mia.kern, li@example.com or guest@example.org",
        action="Ask Dana",
    )
    desk.bare(
        system=System(slug="copilot", name="Copilot", owner="mia.kern@example.com"),
        marks=[boundary],
        policy=ReleasePolicy(
            approvers=[
                Approver(role="quality", name="Dana Reyes"),
                Approver(role="quality", name="Al"),
                Approver(role="policy", name="mia.kern@example.com"),
            ]
        ),
    )
    asked = "Ask quality approver, quality approver, system owner, gap owner 1 or a person"
    assert note(desk) == asked
    owners = section(desk.take("security"), "ownership")
    assert [row["name"] for row in owners["approvers"]] == [
        "quality approver and quality approver 2",
        "system owner",
        "not named",
    ]
    assert owners["owners"][0]["name"] == "system owner"
    people = section(desk.take("leadership"), "approval")["people"]
    assert [row["name"] for row in people][:2] == ["Dana Reyes and Al", "mia.kern@example.com"]
    assert section(desk.take("leadership"), "gaps")["gaps"][0]["owner"] == "li@example.com"
    for audience in ("security", "procurement"):
        assert re.findall(r"Dana|Reyes|kern|\bAl\b|example", desk.build(audience).body.decode()) == []


def test_a_mark_of_ours_in_a_text_hides_nothing_and_shows_nothing(desk: Desk) -> None:
    of(desk, ("tenant", "Acme"), note="a\ue000Acme\ue000b \U000f0000 \ue001r.csv\ue001 \ue000 c")
    assert note(desk) == "aa personb  results 1  c"


@pytest.mark.parametrize("cohort", ["=Kuroda Lines", " = Kuroda Lines", "==Kuroda Lines"])
def test_a_value_without_the_name_of_its_dimension_ends_and_is_withheld(desk: Desk, cohort: str) -> None:
    """A dimension without a name stands before every blank, where nothing is to be looked for."""
    gate = Gate(metric="task_success", cohort=cohort, min=0.9)
    of(desk, ("tenant", "Meyer"), note="Checked for Kuroda Lines.", policy=ReleasePolicy(gates=[gate]))
    assert "Kuroda" not in note(desk)


@pytest.fixture
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Now is noon of the day of the packs, so that what is written stands in them."""
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.mark.usefixtures("on_the_day")
def test_what_somebody_wrote_of_an_incident_leaves_in_no_pack_and_its_cohort_is_numbered(desk: Desk) -> None:
    desk.fill()
    what = ReportedIncident(what="Zqtextzq at Hafenkontor", on=DAY, cohort="tenant=Zqtenantzq", signals=["ownership"])
    incidents.report(desk.store, desk.by, "copilot", what)
    for audience in pack.AUDIENCES:
        told = render.markdown(desk.take(audience))
        assert "zqtextzq" not in told.lower()
        assert "zqtenantzq" not in told.lower()
    assert "incident 1 of" in render.markdown(desk.take("procurement"))


@pytest.mark.usefixtures("on_the_day")
def test_who_decided_stands_by_a_role_where_people_are_not_named(desk: Desk) -> None:
    people = {"decision.people", "dissent.by", "risk.approver", "condition.owner"}
    desk.fill(lambda field: ordinary(field).replace("Plain", "Zq") if field in people else ordinary(field))
    named, bare = (render.markdown(desk.take(audience)) for audience in ("leadership", "security"))
    assert "Zq decision people" in named
    assert "Plain decision reasons" in named
    assert "Zq" not in bare
    assert "Plain decision reasons" not in bare
    assert "Plain condition" in bare
