"""Which column of an export is which. Pure: no ORM."""

import configparser
import json
import re
import unicodedata

from .receivables_text import ReceivablesError

# What can be read -> the headers by which it is recognised, as ``normalise`` writes
# them; those after the bar count only where none of those before it is there. The name
# of the field itself is among the latter.
# fmt: off
ALIASES = {
    "customer": "customerid customercode customerno customernumber clientid codeclient"
    " numeroclient nclient noclient compteclient comptetiers codetiers accountnumber"
    " debtorid idclient refclient compteauxiliaire compauxnum"
    " | client compte tiers account debtor partner",
    "customer_name": "customername clientname nomclient nomduclient raisonsociale"
    " companyname intituletiers libelletiers debtorname denomination compauxlib"
    " | nom name company intitule",
    "number": "invoicenumber invoiceno invoiceid nfacture nofacture numfacture"
    " numerofacture numerodefacture ndefacture referencefacture"
    " | invoice facture npiece numeropiece numpiece piece pieceref documentnumber"
    " docnumber document reference ref numero",
    "date": "invoicedate datefacture datedefacture dateemission datedemission"
    " datefacturation issuedate | datepiece piecedate documentdate docdate postingdate",
    "due": "duedate dateecheance datedecheance datelimite datelimitedepaiement"
    " netduedate paymentduedate | echeance paymentdue",
    "amount": "invoiceamount amountttc montantttc totalttc montantfacture grossamount"
    " amountinclvat | ttc montant total totalamount amounttotal montanttotal",
    "currency": "currencycode codedevise | devise monnaie idevise",
    "settled": "settleddate settlementdate paymentdate datepaiement datedepaiement"
    " datereglement datedereglement paiddate paidon"
    " | reglele payele clearingdate datelettrage datedelettrage",
    "paid": "paidamount amountpaid montantregle montantpaye |",
    "balance": "openamount soldedu restedu resteapayer montantrestant amountdue"
    " amountresidual openbalance | solde residual outstanding",
    "disputed": "| dispute litige enlitige conteste indispute",
    "label": "| libelle description objet memo",
    "email": "adresseemail adressemail emailaddress | mail courriel",
    "phone": "phonenumber telephonefixe | telephone tel",
    "street": "adresse1 address1 | adresse address rue",
    "zip": "codepostal postcode postalcode zipcode | cp",
    "city": "| ville town",
    "country": "codepays | pays",
    "vat": "vatnumber numerotva tvaintracommunautaire numerotvaintracommunautaire"
    " | ntva tvaintra tva",
    "siret": "numerosiret nsiret | siren nsiren numerosiren",
}
# fmt: on
FIELDS = tuple(ALIASES)
REQUIRED = ("number", "date", "due", "amount")


def read_aliases(fields) -> dict[str, tuple[str, bool]]:
    """Return the field of each alias, and whether it counts before others."""
    table = {}
    for field, aliases in fields.items():
        strong, _bar, weak = aliases.partition("|")
        table |= dict.fromkeys(weak.split(), (field, False))
        table |= dict.fromkeys(strong.split(), (field, True))
        table.setdefault(field, (field, False))
    return table


RECEIVABLES = read_aliases(ALIASES)


def normalise(header) -> str:
    """Return a header without case, accents or signs: nfacture for ``N° facture``."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())


def recognised(header, aliases=RECEIVABLES) -> int:
    """Return how many cells of a header are known."""
    return sum(normalise(cell) in aliases for cell in header)


def find_columns(header, mapping=None) -> dict[str, int]:
    """Return the position of each field that the header has.

    :param mapping: ``{field: header}`` told by the user, before what is recognised; an
        empty header leaves the field out
    """
    mapping = mapping or {}
    unknown = sorted(set(mapping) - set(FIELDS))
    if unknown:
        raise ReceivablesError(
            "unknown_field", field=unknown[0], fields=", ".join(FIELDS)
        )
    told = place_columns(header, mapping)
    columns = told | guess_columns(header, mapping, set(told.values()), _refuse_twice)
    _require(columns, header)
    return columns


def place_columns(header, mapping) -> dict[str, int]:
    """Return the position of each field whose header was told."""
    return {field: _position(header, name) for field, name in mapping.items() if name}


def guess_columns(
    header, without=(), taken=(), on_twice=None, aliases=RECEIVABLES
) -> dict[str, int]:
    """Return the position of each field that is recognised by its header.

    :param without: fields that are not sought
    :param taken: positions that are not looked at
    :param on_twice: called with a field and two headers that both could be it;
        otherwise the first is taken
    :param aliases: what is recognised, of ``read_aliases``
    """
    columns = {}
    for strong in (True, False):
        found = {}
        for position, cell in enumerate(header):
            field, is_strong = aliases.get(normalise(cell), ("", False))
            if field and is_strong == strong and position not in taken:
                found.setdefault(field, []).append(position)
        for field, positions in found.items():
            if field in columns or field in without:
                continue
            if len(positions) > 1 and on_twice:
                on_twice(field, *(header[position] for position in positions[:2]))
            columns[field] = positions[0]
    return columns


def _refuse_twice(field, first, second):
    raise ReceivablesError("twice", field=field, first=first, second=second)


def _position(header, name):
    """Return where a header that the user named is."""
    found = [place for place, cell in enumerate(header) if cell == name.strip()]
    if not found:
        raise ReceivablesError(
            "no_such_column", column=name, columns=", ".join(filter(None, header))
        )
    if len(found) > 1:
        _refuse_twice(name, name, name)
    return found[0]


def _require(columns, header):
    missing = [field for field in REQUIRED if field not in columns]
    if "customer" not in columns and "customer_name" not in columns:
        missing.insert(0, "customer")
    if missing:
        raise ReceivablesError(
            "missing",
            fields=", ".join(missing),
            columns=", ".join(filter(None, header)),
        )


def parse_mapping(text) -> dict[str, str]:
    """Return the mapping that a file says: JSON, or INI with a section [columns]."""
    try:
        if text.lstrip().startswith("{"):
            mapping = json.loads(text)
        else:
            parser = configparser.ConfigParser(interpolation=None)
            parser.read_string(text)
            mapping = dict(parser["columns"])
    except (ValueError, KeyError, configparser.Error) as error:
        raise ReceivablesError("mapping", reason=str(error)) from error
    if not all(isinstance(header, str | None) for header in mapping.values()):
        raise ReceivablesError("mapping", reason="a header must be a text")
    return {field: header or "" for field, header in mapping.items()}
