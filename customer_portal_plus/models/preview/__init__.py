from . import customer_portal_preview
from . import ir_qweb_preview
from . import portal_mixin
from . import res_users_settings
from . import customer_portal_access_mixin_preview
from . import ir_http_preview
