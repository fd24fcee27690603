from . import test_project_demo
from . import test_project_documents
from . import test_project_progress
from . import test_project_tours
from . import test_project_translations
