from . import contract_requests
from . import contracts
