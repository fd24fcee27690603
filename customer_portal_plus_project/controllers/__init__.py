from . import project_page
