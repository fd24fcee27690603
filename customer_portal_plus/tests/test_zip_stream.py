"""Archives that are sent while they are made."""

import io
import tempfile
import zipfile

from odoo.tests import BaseCase, tagged

from ..tools.zip_stream import PIECE_SIZE, unique_name, zip_pieces


@tagged("post_install", "-at_install")
class TestZipStream(BaseCase):
    def _read(self, files):
        pieces = list(zip_pieces(files))
        self.assertTrue(all(pieces), "an empty piece would end the answer")
        with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
            self.assertIsNone(archive.testzip())
            return {name: archive.read(name) for name in archive.namelist()}

    def test_names_are_unique_and_lead_nowhere(self):
        taken = {"index.csv"}
        for wanted, given in (
            ("INV/2026/1.pdf", "INV_2026_1.pdf"),
            ("inv_2026_1.PDF", "inv_2026_1 (2).PDF"),
            ("INV/2026/1.pdf", "INV_2026_1 (3).pdf"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..\\a.pdf", "_a.pdf"),
            ("index.csv", "index (2).csv"),
            ("README", "README"),
            ("con.xml", "_con.xml"),
            ("", "file"),
            ("...", "file (2)"),
            (".pdf", "pdf"),
            ("Año 2026 ñ.pdf", "Año 2026 ñ.pdf"),
            ("a\x00\n.pdf", "a_.pdf"),
            ("no. 5 of a long list", "no. 5 of a long list"),
        ):
            with self.subTest(wanted=wanted):
                self.assertEqual(unique_name(wanted, taken), given)
        long = unique_name("ñ" * 400 + ".pdf", taken)
        self.assertTrue(long.endswith("ñ.pdf"))
        self.assertLess(len(long.encode()), 200)

    def test_bytes_and_files(self):
        big = bytes(range(256)) * (PIECE_SIZE // 100)
        file = tempfile.TemporaryFile()
        file.write(big)
        file.seek(0)
        files = [("big.bin", file), ("small.txt", "ñ".encode()), ("nothing.txt", b"")]
        self.assertEqual(
            self._read(files), {"big.bin": big, "small.txt": "ñ".encode(), "nothing.txt": b""}
        )
        self.assertTrue(file.closed)

    def test_nothing_at_all(self):
        self.assertEqual(self._read([]), {})

    def test_the_next_file_is_asked_for_when_the_one_before_was_given(self):
        asked = []

        def files():
            for number in range(3):
                asked.append(number)
                yield f"{number}.txt", b"x"

        pieces = zip_pieces(files())
        next(pieces)
        self.assertEqual(asked, [0])
        self.assertTrue(list(pieces))
        self.assertEqual(asked, [0, 1, 2])
