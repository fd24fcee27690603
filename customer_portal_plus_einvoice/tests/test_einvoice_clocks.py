"""Until when: worked examples for each country, with its holidays and its clocks."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..tools.working_days import (
    LAST_DAY,
    days_left,
    end_of_day,
    is_working_day,
    last_day,
    local_day,
    national_holidays,
)
from .common import EinvoiceCase


class TestWorkingDays(BaseCase):
    def test_spain_over_a_holiday(self):
        """Friday 8 October 2027: Monday, Wednesday after the national day, Thursday, Friday."""
        self.assertFalse(is_working_day(date(2027, 10, 12), "ES"))
        self.assertEqual(last_day(date(2027, 10, 8), 4, "working", "ES"), date(2027, 10, 15))
        # Without that holiday it would be a day earlier, without weekends on the 12th.
        self.assertEqual(last_day(date(2027, 10, 15), 4, "working", "ES"), date(2027, 10, 21))

    def test_spain_over_the_end_of_summer_time(self):
        """Received on Wednesday 27 October 2027; clocks go back on Sunday, Monday is a holiday."""
        self.assertEqual(last_day(date(2027, 10, 27), 4, "working", "ES"), date(2027, 11, 3))
        self.assertEqual(
            end_of_day(date(2027, 10, 29), "Europe/Madrid"), datetime(2027, 10, 29, 22)
        )
        self.assertEqual(end_of_day(date(2027, 11, 3), "Europe/Madrid"), datetime(2027, 11, 3, 23))

    def test_the_day_is_that_of_the_country(self):
        self.assertEqual(
            local_day(datetime(2027, 10, 7, 22, 30), "Europe/Madrid"), date(2027, 10, 8)
        )
        self.assertEqual(
            local_day(datetime(2027, 12, 7, 22, 30), "Europe/Madrid"), date(2027, 12, 7)
        )
        self.assertEqual(
            local_day(datetime(2026, 10, 9, 4, 59), "America/Bogota"), date(2026, 10, 8)
        )

    def test_chile_eight_days_at_a_midnight_that_is_not(self):
        """In the night to 6 September 2026 clocks go from 24:00 to 1:00."""
        last = last_day(date(2026, 8, 28), 8, "running", "CL")
        self.assertEqual(last, date(2026, 9, 5))
        self.assertEqual(end_of_day(last, "America/Santiago"), datetime(2026, 9, 6, 4))
        self.assertEqual(
            end_of_day(date(2026, 9, 12), "America/Santiago"), datetime(2026, 9, 13, 3)
        )
        # Holidays count: the national ones of September are within.
        self.assertEqual(last_day(date(2026, 9, 14), 8, "running", "CL"), date(2026, 9, 22))

    def test_colombia_three_working_days(self):
        """Friday 9 October 2026, and the Monday after is a holiday."""
        self.assertEqual(last_day(date(2026, 10, 9), 3, "working", "CO"), date(2026, 10, 15))
        self.assertEqual(last_day(date(2026, 10, 13), 3, "working", "CO"), date(2026, 10, 16))
        self.assertEqual(
            end_of_day(date(2026, 10, 15), "America/Bogota"), datetime(2026, 10, 16, 5)
        )

    def test_peru_eight_days_over_the_national_days(self):
        self.assertIn(date(2026, 7, 28), national_holidays("PE", 2026))
        self.assertEqual(last_day(date(2026, 7, 24), 8, "running", "PE"), date(2026, 8, 1))

    def test_argentina_21_days(self):
        self.assertEqual(last_day(date(2026, 10, 1), 21, "running", "AR"), date(2026, 10, 22))
        self.assertEqual(
            end_of_day(date(2026, 10, 22), "America/Argentina/Buenos_Aires"),
            datetime(2026, 10, 23, 3),
        )

    def test_mexico_fifth_of_the_next_month(self):
        self.assertEqual(last_day(date(2026, 12, 15), 5, "month", "MX"), date(2027, 1, 5))
        self.assertEqual(last_day(date(2026, 11, 30), 5, "month", "MX"), date(2026, 12, 5))
        self.assertEqual(last_day(date(2028, 1, 3), 31, "month", "MX"), date(2028, 2, 29))

    def test_days_left(self):
        count = days_left(date(2027, 10, 8), date(2027, 10, 15), "working", "ES")
        self.assertEqual(count, 4)
        self.assertEqual(days_left(date(2026, 8, 28), date(2026, 9, 5), "running", "CL"), 8)
        self.assertEqual(days_left(date(2027, 10, 15), date(2027, 10, 15), "working", "ES"), 0)
        self.assertEqual(days_left(date(2027, 10, 20), date(2027, 10, 15), "working", "ES"), 0)

    def test_beyond_what_is_known(self):
        """A country without a calendar has its weekends; the end of time is no error."""
        self.assertFalse(national_holidays("XX", 2026))
        self.assertEqual(last_day(date(2026, 10, 9), 3, "working", "XX"), date(2026, 10, 14))
        for unit in ("working", "running", "month"):
            day = last_day(date.max, 4, unit, "ES")
            self.assertGreaterEqual(day, LAST_DAY)
            self.assertGreater(end_of_day(day, "America/Lima"), datetime(9990, 12, 31))


@tagged("post_install", "-at_install")
class TestEinvoiceClocks(EinvoiceCase):
    # === WHICH INVOICES === #

    def test_of_one_country_with_a_tax_id(self):
        self.assertEqual(self._duty(self._send_invoice()).clock_id, self.clocks["es_answer"])
        left_out = {}
        france = self.env.ref("base.fr")
        self.beta.with_context(no_vat_validation=True).country_id = france
        left_out["abroad"] = self._create_invoice(self.beta)
        for vat in (False, "/"):
            self.alfa_norte.vat = vat
            left_out[f"consumer {vat}"] = self._create_invoice(self.alfa_norte)
            self._follow()
        left_out["refund"] = self._create_invoice(self.alfa, move_type="out_refund")
        left_out["draft"] = self._create_invoice(self.alfa, post=False)
        left_out["earlier"] = self._create_invoice(self.alfa, days=-1)
        self._follow()
        for name, invoice in left_out.items():
            self.assertFalse(self._duty(invoice), name)

    def test_from_the_day_of_the_law_and_of_the_company(self):
        invoice = self._create_invoice(self.alfa)
        clock = self.clocks["es_answer"]
        for days_of_clock, days_of_company in ((1, 0), (0, 1)):
            clock.date_from = self.today + timedelta(days=days_of_clock)
            self.company.portal_einvoice_since = self.today + timedelta(days=days_of_company)
            self._follow()
            self.assertFalse(self._duty(invoice))
        clock.date_from = self.company.portal_einvoice_since = self.today
        clock.date_until = self.today
        self._follow()
        self.assertTrue(self._duty(invoice))
        clock.date_until = self.today - timedelta(days=1)
        clock.date_from = False
        other = self._create_invoice(self.alfa)
        self._follow()
        self.assertFalse(self._duty(other))

    def test_only_of_companies_that_want_it(self):
        self.company.portal_answer_einvoices = False
        invoice = self._create_invoice(self.alfa)
        self._follow()
        self.assertFalse(self._duty(invoice))
        self.company.portal_einvoice_since = False
        self.company.portal_answer_einvoices = True
        self.assertEqual(self.company.portal_einvoice_since, self.today)
        self._follow()
        self.assertTrue(self._duty(invoice))

    def test_clocks_of_another_company(self):
        """What the country of another company expects of its customers is nothing to ours."""
        chile = self.env.ref("base.cl")
        self.env["res.company"].create(
            {"name": "Filial", "country_id": chile.id, "portal_answer_einvoices": True}
        )
        self.clocks["cl_answer"].write({"document_codes": False, "date_from": False})
        self.beta.with_context(no_vat_validation=True).country_id = chile
        self.assertFalse(self._duty(self._send_invoice(self.beta)))

    def test_on_credit(self):
        self._in_country("co")
        at_once = self._create_invoice(self.alfa, due_days=0)
        later = self._create_invoice(self.alfa, due_days=1)
        self._follow()
        self.assertFalse(self._duty(at_once))
        self.assertEqual(self._duty(later).clock_id, self.clocks["co_answer"])

    def test_document_types(self):
        """Where no localisation knows of types, a clock for some of them matches nothing."""
        self._in_country("cl")
        clock, Move = self.clocks["cl_answer"], self.env["account.move"]
        invoice = self._create_invoice(self.alfa)
        matches = Move.search(clock._move_domain(self.company))
        if "l10n_latam_document_type_id" not in Move._fields:
            self.assertNotIn(invoice, matches)
        clock.document_codes = " , "
        self.assertIn(invoice, Move.search(clock._move_domain(self.company)))

    def test_what_came_is_to_be_checked(self):
        self.assertEqual(len(self.clocks), 7)
        for name, clock in self.clocks.items():
            self.assertTrue(clock.source and clock.check_note, name)
            self.assertFalse(clock.is_checked, name)
            clock.copy()  # It can be made anew as it is: all constraints hold.

    def test_what_a_clock_can_not_be(self):
        clock = self.clocks["cl_answer"]
        for values in (
            {"register_url": "javascript:alert(1)"},
            {"register_url": "http://www.sii.cl"},
            {"register_url": False},
            {"register_name": False},
        ):
            with self.assertRaises(ValidationError):
                clock.copy(values)
        for values in (
            {"days": -1},
            {"days": 367},
            {"unit": "month", "days": 0},
            {"date_from": "2027-01-02", "date_until": "2027-01-01"},
        ):
            with (
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                clock.copy(values)

    # === UNTIL WHEN === #

    def _assert_until(self, name, moment, day, deadline, **values):
        """Fail unless an invoice that was received at a moment can be answered until then."""
        clock = self.clocks[name]
        self._in_country(name[:2])
        clock.write({"document_codes": False, "date_from": False, "date_until": False})
        with self._received(moment):
            duty = self._duty(self._send_invoice(**values))
            self.assertEqual(duty.clock_id, clock)
            self.assertEqual((duty.deadline_day, duty.deadline), (day, deadline))
            before = duty._state_at(deadline - timedelta(seconds=1))
            self.assertEqual((before, duty._state_at(deadline)), ("waiting", "tacit"))
        return duty

    def test_spain(self):
        duty = self._assert_until(
            "es_answer", datetime(2027, 10, 7, 22, 30), date(2027, 10, 15),
            datetime(2027, 10, 15, 22),
        )  # fmt: skip
        self.assertEqual(duty.begins_on, date(2027, 10, 8))

    def test_spain_in_winter(self):
        self._assert_until(
            "es_answer", datetime(2027, 10, 27, 9), date(2027, 11, 3), datetime(2027, 11, 3, 23)
        )

    def test_chile(self):
        self._assert_until(
            "cl_answer", datetime(2026, 8, 28, 15), date(2026, 9, 5), datetime(2026, 9, 6, 4)
        )

    def test_colombia(self):
        self._assert_until(
            "co_answer", datetime(2026, 10, 10, 4, 59), date(2026, 10, 15),
            datetime(2026, 10, 16, 5),
        )  # fmt: skip

    def test_peru(self):
        self._assert_until(
            "pe_answer", datetime(2026, 7, 24, 20), date(2026, 8, 1), datetime(2026, 8, 2, 5)
        )

    def test_argentina(self):
        self._assert_until(
            "ar_answer", datetime(2026, 10, 1, 20), date(2026, 10, 22), datetime(2026, 10, 23, 3)
        )

    def test_mexico_for_each_payment(self):
        self._in_country("mx")
        invoice = self._send_invoice(amount=100.0, due_days=60)
        self.assertFalse(self._duty(invoice, "complement"))
        for amount in (40.0, 60.0):
            self._pay(invoice, amount, date(2026, 12, 15))
        self._follow()
        duties = self._duty(invoice, "complement")
        self.assertEqual(sorted(duties.mapped("amount")), [40.0, 60.0])
        self.assertEqual(set(duties.mapped("deadline_day")), {date(2027, 1, 5)})
        self.assertEqual(set(duties.mapped("deadline")), {datetime(2027, 1, 6, 6)})
        self._follow()
        self.assertEqual(len(self._duty(invoice, "complement")), 2, "not twice")
        # A payment that is taken back takes its complement along.
        invoice.line_ids.matched_credit_ids[:1].unlink()
        self.assertEqual(len(self._duty(invoice, "complement")), 1)

    def test_no_complement_for_a_credit_note(self):
        self._in_country("mx")
        invoice = self._send_invoice(due_days=60)
        refund = self._create_invoice(self.alfa, 30.0, move_type="out_refund")
        lines = (invoice | refund).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self._follow()
        self.assertFalse(self._duty(invoice, "complement"))

    def test_nothing_runs_before_it_was_sent(self):
        invoice = self._create_invoice(self.alfa)
        self._follow()
        duty = self._duty(invoice)
        self.assertFalse(duty.deadline)
        self.assertEqual(duty.state, "waiting")
        invoice.is_move_sent = True
        self.assertTrue(duty.deadline)

    def test_from_the_legal_file_on(self):
        """The first of the files that were sent says when; made anew, it counts anew."""
        invoice = self._create_invoice(self.alfa)
        with freeze_time("2027-10-07 22:30:00"):
            file = self.env["ir.attachment"].create(
                {
                    "name": "x.pdf",
                    "raw": b"%PDF-1.4",
                    "res_model": "account.move",
                    "res_id": invoice.id,
                    "res_field": "invoice_pdf_report_file",
                }
            )
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = '2027-10-07 22:30:00' WHERE id = %s", [file.id]
        )
        self.env.invalidate_all()
        self.assertEqual(invoice._portal_einvoice_received_at(), {})
        invoice.is_move_sent = True
        self._follow()
        self.assertEqual(self._duty(invoice).begins_on, date(2027, 10, 8))

    def test_paid_in_the_books(self):
        invoice = self._send_invoice()
        duty = self._duty(invoice, "paid")
        self.assertFalse(duty.deadline)
        self._pay(invoice, 40.0)
        self.assertFalse(duty.deadline)
        self._pay(invoice, 60.0, date(2027, 10, 8))
        self.env.invalidate_all()
        self.assertEqual(duty.deadline_day, date(2027, 10, 15))
        self.assertEqual(duty._state_at(duty.deadline), "overdue")

    # === CORRECTIONS === #

    def test_corrected_clock(self):
        """It moves what waits, and what silence had decided; never what was answered."""
        with self._received(datetime(2026, 1, 5, 12)):
            late, answered = self._send_invoice(), self._send_invoice()
            self._follow()
            self.assertEqual(self._duty(late).state, "tacit")
            self.Duty.browse(self._duty(answered).id)._note_register("accepted")
            kept = self._duty(answered).deadline
            self.clocks["es_answer"].days = 366
            self.env.flush_all()
            self.assertEqual(self._duty(late).state, "waiting")
            self.assertEqual(self._duty(answered).deadline, kept)
            self.clocks["es_answer"].active = False
            self.env.flush_all()
            self.assertEqual(self._duty(late).state, "void")
            self.assertEqual(self._duty(answered).state, "accepted")

    def test_cancelled_invoice(self):
        invoice = self._send_invoice()
        invoice.button_draft()
        self.env.flush_all()
        self.assertEqual(
            set(self.Duty.search([("invoice_id", "=", invoice.id)]).mapped("state")), {"void"}
        )
        invoice.action_post()
        self.env.flush_all()
        self.assertEqual(self._duty(invoice).state, "waiting")

    def test_scheduled_action(self):
        """It finds what is new and decides what time has decided; posting alone does nothing."""
        invoice = self._create_invoice(self.alfa)
        self.assertFalse(self._duty(invoice))
        triggers = self.env["ir.cron.trigger"].search(
            [
                (
                    "cron_id",
                    "=",
                    self.env.ref("customer_portal_plus_einvoice.ir_cron_follow_einvoices").id,
                )
            ]
        )
        self.assertTrue(triggers)
        invoice.is_move_sent = True
        self._run_cron("customer.portal.einvoice.duty", "_cron_follow")
        self.assertEqual(self._duty(invoice).state, "waiting")
        self._run_cron(
            "customer.portal.einvoice.duty",
            "_cron_follow",
            at=self._duty(invoice).deadline + timedelta(seconds=1),
        )
        self.assertEqual(self._duty(invoice).state, "tacit")
        self.assertEqual(self._duty(invoice, "paid").state, "waiting")

    def test_as_many_queries_for_many(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            duties = self.Duty._portal_duties_of(
                self.env["account.move"].search([("partner_id", "=", self.alfa.id)]).ids
            )
            self.assertTrue(duties._portal_rows(self.contact))
            return self.env.cr.sql_log_count - before

        self._send_invoice()
        count()  # What is cached for good, is.
        few = count()
        for _time in range(4):
            self._send_invoice()
        self.assertEqual(count(), few)
