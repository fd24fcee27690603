from . import customer_portal_document
from . import project_project
from . import res_company
from . import res_config_settings
