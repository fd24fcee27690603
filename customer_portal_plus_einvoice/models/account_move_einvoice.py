"""What the portal knows of an invoice's legal file, and of when it was received and paid."""

import hashlib

from odoo import api, models

# Fields in which core and localisations keep what became of a document's legal file. What is not
# installed is passed over.
LEGAL_STATE_FIELDS = (
    "edi_state",
    "peppol_move_state",
    "nemhandel_move_state",
    "l10n_es_edi_verifactu_state",
    "l10n_es_tbai_state",
    "l10n_cl_dte_status",
    "l10n_cl_dte_acceptation_status",
    "l10n_co_dian_state",
    "l10n_mx_edi_cfdi_state",
    "l10n_mx_edi_cfdi_sat_state",
    "l10n_it_edi_state",
    "l10n_ro_edi_state",
)
# Words within a state's key that say how it is; the first one that is found counts.
TONES = (
    ("error", "bad"),
    ("reject", "bad"),
    ("fail", "bad"),
    ("cancel", "neutral"),
    ("to_", "waiting"),
    ("ready", "waiting"),
    ("pending", "waiting"),
    ("processing", "waiting"),
    ("ask_for", "waiting"),
    ("not_", "neutral"),
    ("sent", "good"),
    ("accept", "good"),
    ("done", "good"),
    ("valid", "good"),
)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Override of `account`: what the law expects on the invoices is found out afterwards."""
        posted = super()._post(soft=soft)
        # Sudo: of the company, a switch.
        if any(posted.sudo().mapped("company_id.portal_answer_einvoices")):
            self.env["customer.portal.einvoice.duty"]._trigger_follow()
        return posted

    def _portal_einvoice_legal_states(self):
        """Return what core and the localisations know of this document's legal file.

        For a module to tell of a state that it keeps elsewhere, it must extend this method.

        :return: dicts with ``label`` (what it is), ``value`` (in words) and ``tone`` of a pill
        :rtype: list[dict]
        """
        self.ensure_one()
        states = []
        move_sudo = self.sudo()  # The gates have given the document; these are its states.
        for name in LEGAL_STATE_FIELDS:
            field = self._fields.get(name)
            if field is None or field.type != "selection" or not move_sudo[name]:
                continue
            labels = dict(field._description_selection(self.env))
            states.append(
                {
                    "label": field._description_string(self.env),
                    "value": labels.get(move_sudo[name], move_sudo[name]),
                    "tone": self._portal_einvoice_tone(move_sudo[name]),
                }
            )
        return states

    @api.model
    def _portal_einvoice_tone(self, key):
        return next((tone for word, tone in TONES if word in key), "info")

    def _portal_einvoice_received_at(self):
        """Return when the customers got the legal files of these invoices: when the first one was
        made of what was sent. A file that is made anew is sent anew.

        For a module that is told by an authority or a network when it was delivered, it must
        extend this method.

        :return: id -> a moment in universal time; what was not sent, or without a file, is not in
            it
        :rtype: dict[int, datetime]
        """
        sent = self.filtered("is_move_sent")
        return {
            move_id: min(files.mapped("create_date"))
            for move_id, files in sent._portal_legal_files().items()
            if files
        }

    def _portal_einvoice_paid_on(self):
        """Return the day of the payment after which nothing was left to pay, by the books.

        :return: None as long as something is
        :rtype: datetime.date | None
        """
        self.ensure_one()
        if self.payment_state not in ("paid", "in_payment"):
            return None
        lines = self.line_ids.filtered(lambda line: line.display_type == "payment_term")
        partials = lines.matched_credit_ids | lines.matched_debit_ids
        return max(partials.mapped("max_date"), default=None)

    def _portal_einvoice_digests(self):
        """Return the SHA-256 and the name of each legal file of this invoice, a line for each.

        :rtype: str
        """
        self.ensure_one()
        files = self._portal_legal_files()[self.id]
        return "\n".join(
            f"{hashlib.sha256(file.raw or b'').hexdigest()} {file.name}" for file in files
        )
