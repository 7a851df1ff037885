"""Who may do what?"""

import streamlit as st

from readiness.language import tr
from readiness.services import people
from readiness.web import guard, headline, navigation, people_forms, session, tables, widgets

visit = guard.administrator()
accounts = people.every(visit.store, visit.by)
headline.tell(people_forms.sentence(accounts), kicker=tr("People, roles and tokens"))
if not session.is_by_login():
    widgets.show("no_login")
people_forms.accounts(visit, accounts)
people_forms.tokens(visit)
with st.expander(tr("What each role may do")):
    widgets.show("rights", rights=navigation.rights())
    widgets.csv({tr("What each role may do"): tables.query("rights")})
