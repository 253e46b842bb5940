"""Read PDFs as a customer would."""

import io
import re

from pypdf import PdfReader

POINTS = 72 / 25.4  # in a millimetre


def pages_of(pdf):
    """Return the text of each page, every kind of space made a plain one."""
    reader = PdfReader(io.BytesIO(pdf))
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


def text_of(pdf):
    return " ".join(pages_of(pdf))


def title_of(pdf):
    return PdfReader(io.BytesIO(pdf)).metadata.title


def places_of(pdf, page=0):
    """Return ``[(text, mm from the left, mm from the top)]`` of a page."""
    reader = PdfReader(io.BytesIO(pdf)).pages[page]
    height = float(reader.mediabox.height)
    places = []

    def visit(text, matrix, text_matrix, _font, _size):
        x = matrix[0] * text_matrix[4] + matrix[2] * text_matrix[5] + matrix[4]
        y = matrix[1] * text_matrix[4] + matrix[3] * text_matrix[5] + matrix[5]
        if text.strip():
            places.append((text.strip(), x / POINTS, (height - y) / POINTS))

    reader.extract_text(visitor_text=visit)
    return places
