"""The dashboard: the only Streamlit code of the package. `main` routes, `guard` decides, pages ask and show."""
