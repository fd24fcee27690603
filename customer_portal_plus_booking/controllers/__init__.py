from . import bookings
from . import booking_changes
from . import new_booking
from . import calendar_links
