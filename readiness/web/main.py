"""The script that Streamlit runs. A process that is started beside this one reads it too, and needs nothing of it."""

if __name__ == "__main__":
    from readiness.web import behind

    behind.wait()

    from readiness.web.router import main

    main()
