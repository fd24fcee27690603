from . import customer_portal_profile, res_company, res_config_settings, res_users_api
