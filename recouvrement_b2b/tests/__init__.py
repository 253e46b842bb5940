from . import test_decision
from . import test_dispatch
from . import test_run
from . import test_kill
