"""QR codes as drawings that a page can hold. Pure: no ORM."""

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

# Any of the eight masks is valid and readers find out which. Trying all of them to take
# the one that looks most even costs 10 ms a letter more.
MASK = 3
MARGIN = 4  # modules


def qr_modules(text):
    """Return the rows of a QR code, no margin: True where a module is dark.

    Error correction is level M and characters are UTF-8, as the European Payments
    Council asks of payment codes (EPC069-12).
    """
    code = QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=MASK, border=0)
    code.add_data(text.encode(), optimize=0)
    code.make(fit=True)
    return code.modules


def qr_svg(text):
    """Return a QR code as the text of an SVG element, with the margin readers need.

    One path for all modules: viewers then leave no white line between neighbours.
    """
    rows = qr_modules(text)
    size = len(rows) + 2 * MARGIN
    path = "".join(
        f"M{start + MARGIN} {y}h{length}v1h-{length}z"
        for y, row in enumerate(rows, start=MARGIN)
        for start, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path d="{path}"/></svg>'
    )


def _runs(row):
    """Yield (start, length) of each run of dark modules in a row."""
    start = None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            yield start, x - start
            start = None
