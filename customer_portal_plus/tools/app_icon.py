"""The icon under which a company's portal stands on a telephone."""

import io
import logging

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from odoo.tools.misc import file_path

_logger = logging.getLogger(__name__)

SIZES = (192, 512)
_FONT = "web/static/fonts/google/Roboto/Roboto-Bold.ttf"
# Telephones cut icons to circles: what is to be seen stays within this part of the middle.
_SAFE = 0.7


def draw_icon(size, name, colors, logo=b""):
    """Draw a square icon: the logo on white, else the first letter of the name on the colour.

    :param int size: in pixels
    :param str name: of the company
    :param tuple colors: the company's colour and that of text on it, as ``#rrggbb``
    :param bytes logo: its logo, if it has one
    :return: a PNG
    :rtype: bytes
    """
    return _png(_logo_icon(size, logo) or _letter_icon(size, name, colors))


def _logo_icon(size, logo):
    if not logo:
        return None
    try:
        picture = Image.open(io.BytesIO(logo)).convert("RGBA")
    except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        _logger.info("A logo is no icon: %s", error)
        return None
    room = int(size * _SAFE)
    scale = min(room / picture.width, room / picture.height)
    picture = picture.resize(
        (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    )
    icon = Image.new("RGBA", (size, size), "#ffffff")
    icon.alpha_composite(picture, ((size - picture.width) // 2, (size - picture.height) // 2))
    return icon


def _letter_icon(size, name, colors):
    background, ink = colors
    icon = Image.new("RGBA", (size, size), background)
    letter = next((char for char in name.upper() if char.isalnum()), "•")
    font = ImageFont.truetype(file_path(_FONT), size // 2)
    ImageDraw.Draw(icon).text((size / 2, size / 2), letter, ink, font, anchor="mm")
    return icon


def _png(icon):
    buffer = io.BytesIO()
    icon.convert("RGB").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
