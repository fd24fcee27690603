from . import test_booking_access
from . import test_booking_changes
