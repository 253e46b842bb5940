import base64
import re
from math import ceil
from pathlib import Path
from string import Template

from markupsafe import Markup

from odoo import api, models, tools
from odoo.tools.image import image_data_uri, image_process

STYLE_SHEET = Template(Path(__file__).with_name("document.css").read_text("utf-8"))
COLOR = re.compile(r"#[0-9a-fA-F]{3,8}")
DEFAULT_COLOR = "#24476b"
LOGO_SIZE = (600, 300)  # pixels: 300 dots an inch at the size it is printed
SHORT_TEXT = 18  # characters: longer ones may be cut to keep tables on the page
TABLE_WIDTH = 92  # characters of a row of figures in Lato; other fonts are wider
ADDRESS_WIDTH, ADDRESS_LINES = 38, 8  # characters in the window of the envelope
FOOTER_WIDTH = 135  # characters
THOUSANDS = "[3,0]"  # how languages say that digits go by three
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


class RecouvrementLayout(models.AbstractModel):
    """The look of letters and statements: what the company gives, and the formats.

    A layout of our own, since Odoo's fetches style sheets from the web server, which
    costs twenty times more and fails when the server cannot reach itself. It keeps what
    the company chose for its documents: logo, colours, font, details and footer.
    """

    _name = "recouvrement.layout"
    _description = "Collection Document Layout"

    @api.model
    def _get_company_values(self, company):
        """Return what a document shows of its company, in the language of ``self``."""
        company = company.with_context(lang=self.env.lang)
        font = self._get_font(company)
        mentions = self._get_mentions(company)
        return {
            "company": company,
            "style": Markup(f"<style>{self._get_style(company, font)}</style>"),
            "font": font[0],
            "font_folder": str(font[1].parent) if font[1] else "",
            "logo": self._get_logo(company),
            "sender": self._get_sender(company),
            "mentions": mentions,
            "bottom": 13 + round(3.3 * self._count_lines(mentions, FOOTER_WIDTH)),
        }

    # --- appearance ---

    def _get_style(self, company, font):
        """Return the style sheet, in the company's colours and font."""
        name, regular, bold = font
        faces = "".join(
            f'@font-face{{font-family:"{name}";font-weight:{weight};'
            f'src:url("{path.as_uri()}");}}'
            for weight, path in (("normal", regular), ("bold", bold))
            if path
        )
        return faces + STYLE_SHEET.substitute(
            font=name,
            primary=self._get_color(company.primary_color),
            secondary=self._get_color(company.secondary_color or company.primary_color),
        )

    def _get_color(self, color):
        return color if COLOR.fullmatch(color or "") else DEFAULT_COLOR

    def _get_font(self, company):
        """Return (name, regular file, bold file); no files when Odoo has not got it."""
        name = company.font or "Lato"
        pattern = (
            "web/static/fonts/lato/Lato-%s-webfont.ttf"
            if name == "Lato"
            else f"web/static/fonts/google/{name}/{name}-%s.ttf"
        )
        weights = ("Reg", "Bol") if name == "Lato" else ("Regular", "Bold")
        try:
            regular, bold = (
                Path(tools.file_path(pattern % weight)).resolve() for weight in weights
            )
        except FileNotFoundError:
            return "sans-serif", None, None
        return name.replace("_", " "), regular, bold

    def _get_logo(self, company):
        """Return the company's logo as a data URI, small; False when it has none."""
        if not company.logo or company.uses_default_logo:
            return False
        try:
            image = image_process(
                base64.b64decode(company.logo), size=LOGO_SIZE, output_format="PNG"
            )
        except ValueError:
            return False
        return image_data_uri(base64.b64encode(image or b"")) if image else False

    # --- who writes ---

    def _get_sender(self, company):
        """Return the sender's block: the company's details, else name and address."""
        if not company.is_company_details_empty:
            return company.company_details
        lines = self._address_lines(company.partner_id, company)
        first = Markup('<div class="name">%s</div>') % company.name
        return first + Markup("").join(
            Markup("<div>%s</div>") % line for line in lines if line != company.name
        )

    def _get_mentions(self, company):
        """Return the lines at the bottom of pages: what the law wants, and the footer.

        A registered company's letters name it, its legal form and capital (French
        commercial code, R123-238), its SIREN and the register's town (R123-237).
        """
        footer = tools.html2plaintext(company.report_footer or "")
        lines = [line.strip() for line in footer.splitlines() if line.strip()]
        shown = "".join(
            re.sub(r"\s", "", text)
            for text in (
                *lines,
                tools.html2plaintext(company.company_details or ""),
                company.collection_legal_mentions or "",
            )
        )
        legal = [company.name, company.collection_legal_mentions]
        siren = self._get_siren(company)
        if siren and siren not in shown:
            digits = f"{siren[:3]} {siren[3:6]} {siren[6:]}"
            legal.append(f"SIREN {digits}".replace(" ", NO_BREAK_SPACE))
        if company.vat and company.vat.replace(" ", "") not in shown:
            legal.append(self.env._("VAT %(number)s", number=company.vat))
        contact = [company.phone, company.email, company.website]
        lines = lines or list(filter(None, [self._join(contact)]))
        return [self._join(legal), *lines]

    def _get_siren(self, company):
        """Return a French company's nine digits: its SIRET's or VAT number's; or ""."""
        if company.country_id.code not in ("FR", False):
            return ""
        registry = re.sub(r"\D", "", company.company_registry or "")
        vat = re.fullmatch(r"FR..(\d{9})", (company.vat or "").replace(" ", ""))
        return registry[:9] if len(registry) in (9, 14) else vat[1] if vat else ""

    def _join(self, parts):
        return " · ".join(filter(None, parts))

    # --- who is written to ---

    @api.model
    def _address_lines(self, contact, company):
        """Return the lines of a postal address, names first; [] for nobody.

        The country is left out of letters that stay in it, as the post asks.
        """
        if not contact:
            return []
        address = contact._display_address(without_company=True)
        names = [contact.commercial_company_name, contact.name]
        lines = [*dict.fromkeys(filter(None, names)), *address.splitlines()]
        lines = [line.strip() for line in lines if line.strip()]
        country = contact.country_id
        if country == company.country_id and lines[-1] == country.name:
            lines.pop()
        return lines

    @api.model
    def _is_crowded(self, lines):
        """Tell whether an address needs smaller letters to show in the window."""
        return self._count_lines(lines, ADDRESS_WIDTH) > ADDRESS_LINES

    def _count_lines(self, lines, width):
        """Return the number of lines that texts take, cut at a number of characters."""
        return sum(ceil(len(line) / width) for line in lines)

    # --- how values are written ---

    @api.model
    def _format_amount(self, amount, currency):
        """Return an amount in the language of ``self``, without its currency."""
        amount = currency.round(amount) + 0.0  # no minus before zero
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        if lang.grouping != THOUSANDS:
            record = self.env["res.lang"]._lang_get(lang.code)
            text = record.format(f"%.{currency.decimal_places}f", amount, grouping=True)
        else:  # the same, twenty times quicker
            marks = {",": lang.thousands_sep or "", ".": lang.decimal_point}
            text = f"{amount:,.{currency.decimal_places}f}".translate(
                str.maketrans(marks)
            )
        return text.replace(" ", NO_BREAK_SPACE)

    @api.model
    def _format_money(self, amount, currency):
        """Return an amount with its currency, in the language of ``self``."""
        currency = currency.with_context(lang=self.env.lang)
        return currency.format(currency.round(amount) + 0.0)

    @api.model
    def _format_date(self, day, style=None):
        """Return a date in the language of ``self``; ``style``: Babel's, as 'long'."""
        return tools.format_date(self.env, day, date_format=style) if day else ""

    @api.model
    def _label_style(self, label):
        """Return the style of a cell of text: a short one stays on one line."""
        return "short" if len(label) <= SHORT_TEXT else "text"

    @api.model
    def _has_reference_column(self, rows):
        """Tell whether the customer's references have a column of their own.

        Long ones stand below the documents instead.
        """
        return 0 < max((len(row["ref"]) for row in rows), default=0) <= SHORT_TEXT

    @api.model
    def _is_dense(self, company, rows, columns):
        """Tell whether a table needs smaller letters to stay on the page."""
        width = sum(
            min(max((len(str(row[name])) for row in rows), default=0), SHORT_TEXT)
            for name in columns
        )
        return width > TABLE_WIDTH * (1 if company.font in (False, "Lato") else 0.8)

    @api.model
    def _place_and_date(self, company, day):
        """Return "Lyon, 3 November 2026", as a letter of that language begins."""
        date = self._format_date(day, "long")
        if not company.city:
            return date
        return self.env._("%(city)s, %(date)s", city=company.city, date=date)
