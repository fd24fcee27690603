from . import test_einvoice_access
from . import test_einvoice_answers
from . import test_einvoice_clocks
from . import test_einvoice_demo
from . import test_einvoice_localisations
from . import test_einvoice_staff
from . import test_einvoice_tours
from . import test_einvoice_translations
