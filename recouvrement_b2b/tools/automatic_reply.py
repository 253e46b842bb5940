"""Tell answers that a machine wrote (out of office) from those of a person. No ORM."""

import re
import unicodedata

# Headers that only machines set.
MACHINE_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
MACHINE_PRECEDENCES = ("auto_reply", "auto-reply", "bulk", "junk")
# How subjects of absences begin, without accents, in the languages of neighbours.
MACHINE_SUBJECT = re.compile(
    r"""
    (?:(?:re|tr|fw|fwd|aw)\s*:\s*)*
    (?:
        reponse\ (?:d['’]absence|automatique)
      | (?:message|notification|avis)\ (?:automatique\ )?d['’]absence
      | absen(?:ce|te?)\ d(?:u|e\ mon)\ bureau
      | automatic\ reply | auto(?:-|\ |matic\ )?(?:reply|response)\b
      | out[\ -]of[\ -](?:the[\ -])?office
      | abwesenheit | automatische\ (?:antwort|abwesenheit)
      | respuesta\ automatica | risposta\ automatica | automatisch\ antwoord
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_automatic(headers, subject):
    """Tell whether a message was written by a machine.

    :param headers: mapping of the headers, names in any case (an ``email`` message)
    :param subject: decoded subject

    >>> is_automatic({"Auto-Submitted": "auto-replied"}, "Away")
    True
    >>> is_automatic({"Auto-Submitted": "no"}, "Re: [R000012] Votre facture")
    False
    >>> is_automatic({}, "Réponse automatique : [R000012] Votre facture")
    True
    """
    submitted = _first_word(headers.get("Auto-Submitted"))
    if submitted and submitted != "no":  # RFC 3834
        return True
    if any(headers.get(name) for name in MACHINE_HEADERS):
        return True
    if _first_word(headers.get("Precedence")) in MACHINE_PRECEDENCES:
        return True
    return bool(MACHINE_SUBJECT.match(_without_accents(subject or "").strip()))


def _first_word(value):
    """Return the first word of a header, without its parameters, in lower case."""
    return str(value or "").split(";")[0].strip().lower()


def _without_accents(text):
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))
