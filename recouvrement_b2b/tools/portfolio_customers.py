"""Customers and collectors that do not exist, for a demo portfolio. Pure: no ORM.

Nobody real can be contacted: e-mail addresses are at example.com, phone numbers in the
ranges that the regulators reserve for works of fiction. SIREN, SIRET and VAT numbers
pass the checks of their registers; they are drawn at random.
"""

import re
import unicodedata

from stdnum import luhn
from stdnum.fr import siren as fr_siren

from .portfolio import Collector, Contact, Customer

# fmt: off
TRADES = (
    "Menuiserie", "Transports", "Imprimerie", "Établissements", "Garage", "Hôtel",
    "Boulangerie", "Maçonnerie", "Électricité", "Plomberie", "Cabinet", "Ateliers",
    "Fonderie", "Conserverie", "Domaine", "Pharmacie", "Logistique", "Charpentes",
    "Serrurerie", "Pépinières", "Laboratoires", "Carrosserie", "Négoce", "Mécanique",
)
LEGAL_FORMS = ("SARL", "SARL", "SAS", "SAS", "SASU", "SA", "EURL")
TOWNS = (
    ("01000", "Bourg-en-Bresse"), ("06000", "Nice"), ("13002", "Marseille"),
    ("14000", "Caen"), ("21000", "Dijon"), ("25000", "Besançon"), ("29200", "Brest"),
    ("31000", "Toulouse"), ("33000", "Bordeaux"), ("34000", "Montpellier"),
    ("35000", "Rennes"), ("37000", "Tours"), ("38000", "Grenoble"),
    ("42000", "Saint-Étienne"), ("44000", "Nantes"), ("45000", "Orléans"),
    ("51100", "Reims"), ("57000", "Metz"), ("59800", "Lille"), ("64000", "Pau"),
    ("63000", "Clermont-Ferrand"), ("67000", "Strasbourg"), ("69003", "Lyon"),
    ("72000", "Le Mans"), ("75011", "Paris"), ("76600", "Le Havre"),
    ("80000", "Amiens"), ("86000", "Poitiers"), ("87000", "Limoges"),
)
# Currency of a foreign customer: language of its names, its country, a postcode and a
# town, its legal form, the language it is written to, a range of fictitious numbers.
ABROAD = {
    "USD": ("en_US", "US", "02110", "Boston", "Inc.", "en_US", "+1 617 555 01{:02d}"),
    "GBP": ("en_GB", "GB", "LS1 4DY", "Leeds", "Ltd", "en_US", "+44 113 496 0{:03d}"),
    "CHF": ("fr_CH", "CH", "1204", "Genève", "SA", "fr_FR", ""),
}
# fmt: on
# Ranges that ARCEP reserves for fiction, followed by four digits.
LANDLINES = ("1 99 00", "2 61 91", "3 53 01", "4 65 71", "5 36 49")
MOBILE = "6 39 98"
COLLECTORS = (
    Collector("claire.marchand", "Claire Marchand", "claire.marchand@example.com"),
    Collector("julien.lefort", "Julien Lefort", "julien.lefort@example.com"),
    Collector("nadia.benali", "Nadia Benali", "nadia.benali@example.com"),
)


class Identities:
    """Draw identities, each name once.

    :param rng: random.Random
    :param fakers: seeded Faker by locale: fr_FR and the ones of ABROAD
    """

    def __init__(self, rng, fakers):
        self.rng = rng
        self.fakers = fakers
        self.names = set()

    def customer(self, rank, habit, currency="") -> Customer:
        """Return one customer. Every 12th has no e-mail, every 24th no phone either.

        :param rank: its number, from 1
        :param currency: of a foreign customer; empty for a French one
        """
        last_name, name = self._name(currency)
        slug = _slug(last_name)
        place = self._abroad(currency) if currency else self._in_france()
        if rank % 24 == 0:
            place["phone"] = ""
        return Customer(
            key=f"C{rank:05d}",
            name=name,
            email="" if rank % 12 == 0 else f"contact.{slug}@example.com",
            collector=COLLECTORS[rank % len(COLLECTORS)].key,
            habit=habit,
            contacts=self._contacts(rank, slug),
            **place,
        )

    def _name(self, currency):
        """Return the owner's last name and the firm's name, not drawn before."""
        locale, *_rest, form, _lang, _phone = ABROAD.get(
            currency, ("fr_FR",) + ("",) * 6
        )
        draw = self.fakers[locale].last_name
        last_name = draw()
        while last_name in self.names:
            last_name = f"{draw()}-{draw()}"
        self.names.add(last_name)
        if currency:
            return last_name, f"{last_name} {form}"
        trade, form = self.rng.choice(TRADES), self.rng.choice(LEGAL_FORMS)
        return last_name, f"{trade} {last_name} {form}"

    def _abroad(self, currency):
        locale, country, postcode, town, _form, lang, phone = ABROAD[currency]
        street = self.fakers[locale].street_address().replace("\n", ", ")
        return {
            "street": street,
            "zip": postcode,
            "city": town,
            "country": country,
            "lang": lang,
            "phone": phone.format(self.rng.randrange(100)),
        }

    def _in_france(self):
        postcode, town = self.rng.choice(TOWNS)
        siren = _with_check_digit(self.rng.randrange(30_000_000, 100_000_000))
        siret = _with_check_digit(f"{siren}{self.rng.randrange(1, 20):04d}")
        return {
            "street": self.fakers["fr_FR"].street_address(),
            "zip": postcode,
            "city": town,
            "country": "FR",
            "lang": "fr_FR",
            "phone": self._phone(self.rng.choice(LANDLINES)),
            "siret": siret,
            "vat": f"FR{fr_siren.to_tva(siren).replace(' ', '')}",
        }

    def _contacts(self, rank, slug):
        """Give every 5th customer a billing address, every 3rd a person to call."""
        contacts = []
        if rank % 5 == 0:
            contacts.append(
                Contact(
                    "Comptabilité fournisseurs", "invoice", f"compta.{slug}@example.com"
                )
            )
        if rank % 3 == 0:
            fake = self.fakers["fr_FR"]
            contacts.append(
                Contact(
                    f"{fake.first_name()} {fake.last_name()}",
                    "contact",
                    f"direction.{slug}@example.com",
                    self._phone(MOBILE),
                    "Direction financière",
                )
            )
        return tuple(contacts)

    def _phone(self, prefix):
        return (
            f"+33 {prefix} {self.rng.randrange(100):02d} {self.rng.randrange(100):02d}"
        )


def _with_check_digit(digits) -> str:
    return f"{digits}{luhn.calc_check_digit(str(digits))}"


def _slug(name) -> str:
    """Return a name as the local part of an e-mail address."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")
