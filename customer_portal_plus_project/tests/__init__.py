from . import test_project_documents
from . import test_project_translations
