"""What may I give to whom?"""

from urllib.parse import urlencode

import streamlit as st

from readiness import pack
from readiness.errors import ReadinessError
from readiness.web import guard, pack_forms, session, widgets

visit = guard.enter()
review = visit.chosen()

widgets.answer(
    f"The evidence pack of {review.name}, for the people who must agree.",
    kicker=widgets.about(review),
    level=review.verdict.level,
)
audience = st.segmented_control(
    "Audience",
    list(pack.AUDIENCES),
    default=next(iter(pack.AUDIENCES)),
    format_func=lambda option: pack.AUDIENCES[option].name,
    key="audience",
    required=True,
    bind="query-params",
)
profile = pack.AUDIENCES[audience]
try:
    request, leaves = pack_forms.asked(visit, review, profile)
    preview = session.preview(visit.by, review.slug, request, visit.as_of, review.assessment_id)
except ReadinessError as exc:
    guard.refuse(exc)
widgets.show(
    "leaves",
    profile=profile,
    public=pack.public(review, profile),
    numbered=preview.numbered,
)
if leaves:
    query = {"system": review.slug, "assessment": str(review.assessment_id)} | pack_forms.query(request)
    widgets.show(
        "downloads",
        links=[
            (words, urlencode(query | {"format": kind}))
            for kind, words in (
                ("pdf", "Download as PDF"),
                ("letter.pdf", "PDF on US Letter"),
                ("html", "HTML"),
                ("md", "Markdown"),
                ("zip", "All of it as ZIP"),
            )
        ],
    )
if preview.missing:
    st.caption(f"On paper these characters stand as code points, since no font draws them: {preview.missing}.")
widgets.heading("Preview", "As the reader will see it.")
widgets.paper(preview.fragment)
