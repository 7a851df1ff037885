"""The argument as a picture, each symbol of which leads to its fact; on a phone, and for whoever asks, as a list."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import streamlit as st

from readiness.language import marked, tr
from readiness.pack import argument as pictures
from readiness.review import argument
from readiness.review.argument_graph import SIGNS, PageLink
from readiness.review.review import Review

from . import links, widgets

_SHOWN = (marked("What decides"), marked("Everything"))
_STATES = {
    "holds": marked("holds"),
    "in part": marked("holds in part"),
    "open": marked("open"),
    "against": marked("does not hold"),
}


def show(review: Review) -> None:
    widgets.heading(tr("Argument"), tr("What the verdict rests on, from the claim down to the files."))
    shown = st.segmented_control(
        tr("Argument"),
        _SHOWN,
        default=_SHOWN[0],
        format_func=tr,
        key="argument",
        required=True,
        label_visibility="collapsed",
    )
    everything = shown == _SHOWN[1]
    theme = st.context.theme.type or "light"
    asked = "argument", everything, theme, links.to("", review)
    st.html(review.kept.lately(asked, lambda: _view(review, everything, theme)))


def _view(review: Review, everything: bool, theme: str) -> str:
    def address(link: PageLink) -> str:
        return links.to(link.page, review, **dict(link.asked))

    picture = pictures.drawn(argument.of(review, everything=everything))
    asked = {"system": review.slug, "assessment": str(review.assessment_id)} | ({"all": "1"} if everything else {})
    return widgets.rendered(
        "argument",
        {
            "picture": picture,
            "image": base64.b64encode(picture.svg(theme).encode()).decode(),
            "tree": picture.argument.tree,
            "signs": SIGNS,
            "states": {state: tr(words) for state, words in _STATES.items()},
            "query": urlencode(asked),
            "address": address,
        },
    )
