"""The picture of a signature: what counts as a drawn one, and how a typed one is made."""

import base64
import binascii
import io
import warnings

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from odoo.tools.misc import file_path

MAX_SIGNATURE_BYTES = 1024 * 1024
MAX_SIGNATURE_PIXELS = 4000 * 2000
SIGNATURE_FORMATS = ("PNG", "JPEG")
TYPED_FONT = "web/static/fonts/sign/NotoSans-Reg.ttf"


class SignatureImageError(ValueError):
    """The picture can't be a signature; ``args[0]`` is ``missing``, ``too_big``, ``not_image`` or
    ``blank``."""


def check_signature_image(encoded):
    """Check the picture of a signature as a browser sends it.

    :param str encoded: the picture in base64
    :return: the picture's bytes, as they came
    :rtype: bytes
    :raise SignatureImageError: if it is missing, too big, no PNG or JPEG, or shows nothing
    """
    if not isinstance(encoded, str) or not encoded.strip():
        raise SignatureImageError("missing")
    if len(encoded) > MAX_SIGNATURE_BYTES * 4 // 3 + 4:
        raise SignatureImageError("too_big")
    try:
        data = base64.b64decode(encoded, validate=True)
        with warnings.catch_warnings():
            # A picture that unpacks into gigabytes is refused before it is unpacked.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=SIGNATURE_FORMATS) as image:
                image.verify()  # The whole of it came; a checked picture must be opened anew.
            with Image.open(io.BytesIO(data), formats=SIGNATURE_FORMATS) as image:
                if image.width * image.height > MAX_SIGNATURE_PIXELS:
                    raise SignatureImageError("too_big")
                # On white paper, as it will be shown.
                drawn = image.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise SignatureImageError("too_big") from error
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError) as error:
        raise SignatureImageError("not_image") from error
    except ValueError as error:
        if isinstance(error, SignatureImageError):
            raise
        raise SignatureImageError("not_image") from error
    paper = Image.new("RGBA", drawn.size, "white")
    paper.alpha_composite(drawn)
    if all(low == high for low, high in paper.getextrema()):
        raise SignatureImageError("blank")
    return data


def typed_signature(name):
    """Return a picture of a typed name, where a picture is asked for.

    :param str name: the signer's name
    :return: a PNG
    :rtype: bytes
    """
    try:
        font = ImageFont.truetype(file_path(TYPED_FONT), 48)
    except (FileNotFoundError, OSError):
        font = ImageFont.load_default(48)
    left, top, right, bottom = font.getbbox(name)
    image = Image.new("RGBA", (int(right - left) + 40, int(bottom - top) + 40), (0, 0, 0, 0))
    ImageDraw.Draw(image).text((20 - left, 20 - top), name, font=font, fill=(20, 33, 61, 255))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
