# Each room builds on those above it.
from . import access
from . import signing
from . import sign_in
from . import people
from . import lists
from . import messages
from . import documents
from . import payment
from . import settlement
from . import quotes
from . import statement
from . import preview
from . import log
from . import overview
