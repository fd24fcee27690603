from . import test_back_office, test_gates
