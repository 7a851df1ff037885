from .cli import main

if __name__ == "__main__":  # a process that another one starts reads this file too
    main()
