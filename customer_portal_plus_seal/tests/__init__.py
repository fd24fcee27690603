from . import test_seal_access
from . import test_seal_certificate
from . import test_seal_delivery
from . import test_seal_demo
from . import test_seal_files
from . import test_seal_log
from . import test_seal_tours
from . import test_seal_translations
