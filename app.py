"""The dashboard as an ASGI application: `readiness serve`, or `streamlit run app.py`."""

from readiness.web.serve import application

app = application()
