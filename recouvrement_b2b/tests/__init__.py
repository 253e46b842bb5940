from . import test_decision
from . import test_dispatch
from . import test_run
from . import test_kill
from . import test_sms
from . import test_access
from . import test_pains
from . import test_rpc
