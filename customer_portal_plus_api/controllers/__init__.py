from . import api, api_keys
