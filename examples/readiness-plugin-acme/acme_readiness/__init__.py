"""What Acme adds to readiness."""

from pathlib import Path

CHECKLISTS = Path(__file__).with_name("checklists")
