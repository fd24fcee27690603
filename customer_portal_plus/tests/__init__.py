from . import test_gates
