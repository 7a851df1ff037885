"""The dashboard as an ASGI application: `readiness serve`, or `streamlit run app.py`.

Streamlit looks for `st.App` in this very file. Where it does not find it, it runs the file as a script and serves every
page beside it without the router.
"""

import streamlit as st

from readiness.web.serve import dashboard

app = st.App(**dashboard())
