"""What is tried to break the dashboard, how often, and what got through: each command writes its row of the table.

`python -m tests.reliability.NAME` runs a suite at full length and puts its figures into docs/reliability.md; the tests
beside the suites run them short, and write nothing.
"""
