"""From HTML to PDF: many documents in one call of wkhtmltopdf. Pure: no ORM."""

import io
import subprocess
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

OPTIONS = (
    "--quiet",
    "--page-size", "A4",
    # Pages are laid out 175 mm wide in as many pixels as wkhtmltopdf can shrink to the
    # paper's width (at most twice): it measures letters in whole pixels.
    "--zoom", "1.56",
    # only the reference: with it the file is cut into documents again
    "--outline-depth", "1",
    # Texts come from people: they run no program, read no file, reach no server (the
    # proxy does not exist), and what is refused to them stops nothing.
    "--disable-javascript",
    "--javascript-delay", "0",
    "--disable-local-file-access",
    "--proxy", "http://127.0.0.1:9",
    "--load-error-handling", "ignore",
    "--load-media-error-handling", "ignore",
)  # fmt: skip
LAYOUT = (
    "--margin-top", "16mm",
    "--margin-left", "20mm",
    "--margin-right", "15mm",
    "--header-spacing", "4",
    "--header-font-size", "7",
    "--footer-spacing", "3",
)  # fmt: skip
START_SECONDS = 60  # longest time that a call may take, whatever it converts
DOCUMENT_SECONDS = 3  # and for each document


class ConversionError(Exception):
    """A PDF could not be made, or is not the one that was expected."""


@dataclass(frozen=True)
class Document:
    """A document to convert, with its own page numbers.

    ``reference`` is unique in a batch and is the text of the only ``h1`` of ``html``;
    it stands with the page number at the top of each page. ``footer`` is the HTML that
    is repeated at the bottom of each.
    """

    reference: str
    html: str
    footer: str


@dataclass(frozen=True)
class Converter:
    """wkhtmltopdf (with patched Qt), the one font that it may read from files, and the
    height in mm of the bottom of pages.
    """

    program: str = "wkhtmltopdf"
    font: str = "sans-serif"
    font_folder: str = ""
    bottom: int = 20

    def convert(self, documents):
        """Convert documents in as few calls as possible.

        A document that breaks the call is found by halving the batch, so that it stops
        none of the others.

        :return: (``{reference: PDF}``, ``{reference: message}`` of those that failed)
        """
        pdfs, failures = {}, {}
        batches = [documents] if documents else []
        while batches:
            batch = batches.pop()
            try:
                pdfs |= split(self._run(batch), [each.reference for each in batch])
            except ConversionError as error:
                if len(batch) == 1:
                    failures[batch[0].reference] = str(error)
                else:
                    half = len(batch) // 2
                    batches += [batch[half:], batch[:half]]
        return pdfs, failures

    def _run(self, batch):
        """Return one PDF of all the documents."""
        with TemporaryDirectory(prefix="recouvrement_") as folder:
            arguments = self._arguments(batch, Path(folder))
            timeout = START_SECONDS + DOCUMENT_SECONDS * len(batch)
            return _call(self.program, arguments, Path(folder, "output.pdf"), timeout)

    def _arguments(self, batch, folder):
        """Return the arguments of the call, after writing the pages that they name."""
        arguments = list(LAYOUT)
        arguments += ["--header-font-name", self.font]
        arguments += ["--margin-bottom", f"{self.bottom}mm"]
        if self.font_folder:
            arguments += ["--allow", self.font_folder]
        footers = {}
        for number, document in enumerate(batch):
            if document.footer not in footers:
                path = folder / f"footer{len(footers)}.html"
                path.write_text(document.footer, encoding="utf-8")
                footers[document.footer] = path
            page = folder / f"{number}.html"
            page.write_text(document.html, encoding="utf-8")
            arguments += [
                page,
                "--footer-html",
                footers[document.footer],
                "--header-right",
                f"{document.reference} – [sitepage]/[sitepages]",
            ]
        return arguments


def _call(program, arguments, output, timeout=START_SECONDS):
    """Call wkhtmltopdf and return what it made, at the path ``output``."""
    try:
        result = subprocess.run(
            [program, *OPTIONS, *arguments, output],
            capture_output=True,
            check=False,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired as error:
        raise ConversionError("wkhtmltopdf takes too long") from error
    # 1: something in a page could not be loaded
    if result.returncode not in (0, 1) or not output.exists():
        raise ConversionError(
            f"wkhtmltopdf failed ({result.returncode}): "
            f"{result.stderr.decode(errors='replace')[-500:]}"
        )
    return output.read_bytes()


def _read(pdf):
    try:
        return PdfReader(io.BytesIO(pdf))
    except PyPdfError as error:
        raise ConversionError(f"the PDF cannot be read: {error}") from error


def split(pdf, references):
    """Cut a PDF into its documents, and make sure of whose each part is.

    :param references: of the documents, in their order; each must be the one heading
        of its document, on its first page
    :return: ``{reference: PDF}``
    :raise ConversionError: when the headings are not exactly these, in this order: no
        part is given out that might be somebody else's
    """
    reader = _read(pdf)
    headings = [
        (entry.title, entry["/Page"])  # the number of its first page
        for entry in reader.outline
        if not isinstance(entry, list)
    ]
    starts = [page for _title, page in headings]
    if (
        [title for title, _page in headings] != list(references)
        or starts[0] != 0
        or any(after <= before for before, after in pairwise(starts))
    ):
        raise ConversionError(
            "the documents in the PDF are not those expected "
            f"({len(headings)} headings for {len(references)} documents)"
        )
    bounds = pairwise([*starts, len(reader.pages)])
    return {
        reference: _extract(reader, first, last, reference)
        for reference, (first, last) in zip(references, bounds, strict=True)
    }


def _extract(reader, first, last, title):
    """Return the pages from ``first`` to before ``last`` as a PDF of their own."""
    writer = PdfWriter()
    for page in reader.pages[first:last]:
        writer.add_page(page)
    writer.add_metadata({"/Title": title})
    return _to_bytes(writer)


def merge(pdfs):
    """Return one PDF of several, in their order; nothing of nothing."""
    if not pdfs:
        return b""
    writer = PdfWriter()
    for pdf in pdfs:
        writer.append(io.BytesIO(pdf), import_outline=False)
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    return _to_bytes(writer)


def _to_bytes(writer):
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
