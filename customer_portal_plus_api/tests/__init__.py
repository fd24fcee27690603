from . import test_api_access, test_api_answers, test_api_keys
