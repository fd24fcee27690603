from . import document_problem
from . import ticket_forms
from . import tickets
