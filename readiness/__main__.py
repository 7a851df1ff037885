if __name__ == "__main__":  # a process that another one starts reads this file too, and needs nothing of it
    from .cli import main

    main()
