from . import customer_portal_document
from . import customer_portal_profile
from . import project_project
from . import project_project_progress
from . import res_company
from . import res_config_settings
