from odoo.tests import TransactionCase, tagged

from ..tools.cells import csv_number, csv_separator, neutral_text


@tagged("post_install", "-at_install")
class TestCells(TransactionCase):
    def test_texts_that_would_be_run(self):
        for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"):
            self.assertEqual(neutral_text(text), f"'{text}")
        for text in ("", "INV/2026/00001", "a=1", "1-1", " =1", "'=1"):
            self.assertEqual(neutral_text(text), text)

    def test_numbers(self):
        self.assertEqual(csv_number(-1234.5, 2, ","), "-1234,50")
        self.assertEqual(csv_number(1234.5, 0, "."), "1234")
        self.assertEqual(csv_number(0.125, 3, "."), "0.125")

    def test_separator(self):
        self.assertEqual((csv_separator(","), csv_separator(".")), (";", ","))
