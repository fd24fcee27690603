"""QR codes, as pages show them."""

import base64
import io

import qrcode


def draw_qr_code(text):
    """Return a QR code as an address that a picture can be shown from.

    :param str text: what the code says
    :return: ``data:image/png;base64,...``
    :rtype: str
    """
    buffer = io.BytesIO()
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=5, border=4)
    code.add_data(text)
    code.make_image().save(buffer)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
