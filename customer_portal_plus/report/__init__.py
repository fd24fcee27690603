from . import quote_pdf
