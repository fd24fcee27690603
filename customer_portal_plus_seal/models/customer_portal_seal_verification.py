"""Whether seals hold: of the files we keep, and of one that somebody has."""

from odoo import api, models
from odoo.tools.misc import format_datetime

from ..tools.pdf_inspection import LEVELS, inspect

LEVEL_NAMES = {"": "", "b": "B-B", "t": "B-T", "lt": "B-LT", "lta": "B-LTA"}
MAX_TOLD = 20  # seals of one file that are told of


class CustomerPortalSeal(models.Model):
    _inherit = "customer.portal.seal"

    @api.model
    def _describe_file(self, data):
        """Return what there is to say of the seals of a file that somebody has.

        :param bytes data: anything
        :return: ``verdict`` (``sound``, ``altered``, ``unsealed``, ``unreadable``), ``is_ours``
            (whether one of them is of one of our companies), and ``seals``, each with ``subject``,
            ``issuer``, ``fingerprint``, ``company`` (empty if it is none of ours), ``is_trial``,
            ``level``, ``moment``, ``stamped_by``, ``is_stamped``, ``reason``, ``state``
            (``holds``, ``broken``, ``altered``)
        :rtype: dict
        """
        found = inspect(data)
        if not found.is_readable or not found.seals:
            return {
                "verdict": "unsealed" if found.is_readable else "unreadable",
                "is_ours": False,
                "seals": [],
            }
        seals = [self._describe_seal(one) for one in found.seals[:MAX_TOLD]]
        return {
            "verdict": "sound" if found.is_sound else "altered",
            "is_ours": any(seal["company"] for seal in seals),
            "seals": seals,
        }

    @api.model
    def _describe_seal(self, one):
        """Return what there is to say of one seal, see ``_describe_file``."""
        facts = one.facts()
        certificate_sudo = self.env["customer.portal.seal.certificate"]._own_by_fingerprint(
            facts.get("fingerprint", "")
        )
        moment = one.stamped_at or one.claimed_at
        state = "altered" if one.is_altered else "holds"
        return {
            "subject": facts.get("subject", ""),
            "issuer": facts.get("issuer", ""),
            "fingerprint": facts.get("fingerprint", ""),
            "company": certificate_sudo.company_id.name or "",
            "is_trial": certificate_sudo.is_trial,
            "level": LEVEL_NAMES[one.level],
            "moment": self._moment_text(moment) if moment else "",
            "is_stamped": bool(one.stamped_at),
            "stamped_by": one.stamped_by,
            "reason": one.reason,
            "state": state if one.is_intact else "broken",
        }

    def _level_name(self):
        """Return the level as ETSI calls it; empty if there is no seal.

        :rtype: str
        """
        return LEVEL_NAMES.get(self.level, "")

    @api.model
    def _moment_text(self, moment):
        return format_datetime(self.env, moment.replace(tzinfo=None), tz="UTC", dt_format="long")

    # === portalverify === #

    @api.model
    def _verify_kept(self, company):
        """Return whether the newest sealed files of a company hold, and a sentence.

        :rtype: list[tuple[bool, str]]
        """
        counts, lost = {}, []
        for seal in self.sudo().search(
            [("company_id", "=", company.id), ("level", "!=", "none")], order="id"
        ):
            evidence = seal.signature_id
            if not evidence._document():
                continue  # It took its files along.
            file = evidence._attachment(seal.sha256)
            found = inspect(file.raw) if file else None
            name = seal._level_name()
            # The last seal of several may be stamped while an earlier one waits for that.
            if (
                found
                and found.is_sound
                and LEVELS.index(found.seals[-1].level) >= LEVELS.index(seal.level)
            ):
                counts[name] = counts.get(name, 0) + 1
            else:
                lost.append(f"the sealed file of {seal.document_name} is missing or was changed")
        told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        held = [(True, f"{sum(counts.values())} seals hold ({told})")] if counts else []
        return [*held, *((False, sentence) for sentence in lost)]

    @api.model
    def _verify_given(self, files):
        """Return whether the seals of files in other hands hold, and a sentence for each.

        :param files: contents of files
        :rtype: list[tuple[bool, str]]
        """
        found = []
        for place, data in enumerate(files, start=1):
            about = self._describe_file(data)
            if not about["seals"]:
                continue
            told = "; ".join(
                f"{seal['level'] or 'no level'} by {seal['subject'] or 'somebody'}"
                f" ({seal['company'] or 'not ours'}), {seal['state']}"
                for seal in about["seals"]
            )
            found.append((about["verdict"] == "sound", f"file {place}: {about['verdict']}: {told}"))
        return found
