from readiness.decision.verdict import Verdict as Verdict
from readiness.errors import InputError as InputError
from readiness.errors import ReadinessError as ReadinessError
from readiness.importers import Batch as Batch
from readiness.importers import Options as Options
from readiness.library import Trial as Trial
from readiness.library import build_pack as build_pack
from readiness.library import compare as compare
from readiness.library import decide as decide
from readiness.library import judge as judge
from readiness.library import read as read
from readiness.library import try_file as try_file
from readiness.model.policy import Gate as Gate
from readiness.pack import Pack as Pack
from readiness.review.review import Review as Review
from readiness.scorecard.compare import ScorecardRow as ScorecardRow
from readiness.scorecard.gates import GateResult as GateResult

__all__ = [
    "Batch",
    "Gate",
    "GateResult",
    "InputError",
    "Options",
    "Pack",
    "ReadinessError",
    "Review",
    "ScorecardRow",
    "Trial",
    "Verdict",
    "__version__",
    "build_pack",
    "compare",
    "decide",
    "judge",
    "read",
    "try_file",
]

__version__: str
