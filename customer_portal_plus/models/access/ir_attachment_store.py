import logging
from contextlib import suppress
from pathlib import Path

from odoo import api, models

from ...exceptions import PortalRefusal

_logger = logging.getLogger(__name__)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        """Override of `base`: a file that the disk has no room for is refused in words to the
        customer who sends it, and leaves nothing behind. What core leaves of it would be taken for
        another file with the same digest, whoever sends it again.
        """
        try:
            return super()._file_write(bin_value, checksum)
        except OSError as error:
            path = Path(self._full_path(f"{checksum[:2]}/{checksum}"))
            if path.is_file() and not self._same_content(bin_value, path):
                with suppress(OSError):
                    path.unlink()
            if not self.env.user.share:
                raise
            _logger.error("The portal could not store a file (%s bytes): %s", len(bin_value), error)
            raise PortalRefusal(
                self.env._(
                    "Your file could not be stored. Nothing was sent; please try again later."
                ),
                "not_stored",
            ) from error
