"""What a mail server's refusal means: try again later, or not at all."""

import smtplib


def is_refused_for_now(error):
    """Return whether a mail server certainly did not take a mail, and may take it later.

    A connection that broke while a mail was handed over tells neither.

    :param BaseException | None error: with what sending failed; of Odoo's own, what it came from
        counts
    :rtype: bool
    """
    while error is not None:
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            codes = [code for code, _words in error.recipients.values()]
            return bool(codes) and all(400 <= code < 500 for code in codes)
        if isinstance(error, smtplib.SMTPResponseException):
            return 400 <= error.smtp_code < 500
        error = error.__context__
    return False
