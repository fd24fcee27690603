from . import test_api_access
from . import test_api_answers
from . import test_api_keys
from . import test_api_translations
