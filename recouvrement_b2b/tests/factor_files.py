"""What a remittance holds, and what the factors' files must say of it.

The expected files, and the tables below, were written by hand from the layouts.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

FILES = Path(__file__).with_name("files")
HEADER = {
    "client_code": "1234",
    "currency": "EUR",
    "seller_name": "Fournil de l’Ouest",
    "remittance": "REM/2026/0042",
    "remittance_date": date(2026, 6, 15),
    "statement_date": date(2026, 6, 15),
    "file_date": date(2026, 6, 15),
    "file_number": 42,
    "market": "D",
}
INVOICE = {
    "document_type": "FAC",
    "document": "FAC/2026/00012",
    "document_date": date(2026, 5, 15),
    "date_due": date(2026, 7, 15),
    "amount": Decimal("1234.56"),
    "payment_method": "VIR",
    "order_reference": "S00123",
    "reference": "Commande 4500012345/Atelier",
    "buyer_name": "Boulangerie Durand",
    "buyer_siret": "55208131766522",
    "buyer_code": "C0001",
    "buyer_factor_code": "7654321",
    "market": "D",
}
EXPORT = {
    **INVOICE,
    "document": "FAC/2026/00013",
    "document_date": date(2026, 6, 1),
    "date_due": date(2026, 8, 1),
    "amount": Decimal("500.00"),
    "order_reference": "S00124,S00125",
    "reference": False,
    "buyer_name": "Bäcker Müller GmbH",
    "buyer_siret": False,
    "buyer_code": "K77",
    "buyer_factor_code": "1112223",
    "market": "E",
}
CREDIT = {
    **INVOICE,
    "document_type": "AVO",
    "document": "AV/2026/00002",
    "document_date": date(2026, 6, 10),
    "date_due": date(2026, 6, 10),
    "amount": Decimal("34.56"),
    "payment_method": "AVO",
    "order_reference": False,
    "reference": False,
    "credited_document": "FAC/2026/00012",
}
# Position of the first and last character, name, what the file holds there.
BPCE_HEADER = [
    (1, 2, "Record code", "01"),
    (3, 8, "Record number", "000001"),
    (9, 11, "Application code", "138"),
    (12, 17, "Client code", "001234"),
    (18, 20, "Currency", "EUR"),
    (21, 45, "Seller's name", "FOURNIL DE L'OUEST"),
    (46, 53, "Date of the accounts", "15062026"),
    (54, 61, "Date of the remittance", "15062026"),
    (62, 64, "File number", "042"),
    (65, 67, "Version of the format", "7.0"),
    (68, 275, "Blanks", ""),
]
BPCE_LINE = [
    (1, 2, "Record code", "02"),
    (3, 8, "Record number", "000002"),
    (9, 22, "Buyer's SIRET", "55208131766522"),
    (23, 37, "Buyer's name", "BOULANGERIE DUR"),
    (38, 47, "Our customer number", "C0001"),
    (48, 52, "Blanks", ""),
    (53, 53, "Market", "D"),
    (54, 62, "Blanks", ""),
    (63, 82, "Comment", "COMMANDE 4500012345/"),
    (83, 112, "Document number", "FAC/2026/00012"),
    (113, 142, "Document number for the factor", "FAC/2026/00012"),
    (143, 145, "Document type", "FAC"),
    (146, 148, "Payment method", "VIR"),
    (149, 156, "Document date", "15052026"),
    (157, 164, "Due date", "15072026"),
    (165, 177, "Amount in cents", "0000000123456"),
    (178, 180, "Currency", "EUR"),
    (181, 182, "Blanks", ""),
    (183, 183, "Bill: not due yet", ""),
    (184, 190, "Bill: number", ""),
    (191, 203, "Bill: amount", "0000000000000"),
    (204, 216, "Bill: amount allocated", "0000000000000"),
    (217, 239, "Bill: bank account", ""),
    (240, 247, "Bill: due date", ""),
    (248, 257, "Bill: drawee's reference", ""),
    (258, 258, "Bill: kind", ""),
    (259, 275, "Blanks", ""),
]
BPCE_TRAILER = [
    (1, 2, "Record code", "09"),
    (3, 8, "Record number", "000005"),
    (9, 11, "Application code", "138"),
    (12, 17, "Client code", "001234"),
    (18, 42, "Seller's name", "FOURNIL DE L'OUEST"),
    (43, 55, "Balance in cents", "0000000170000"),
    (56, 275, "Blanks", ""),
]
EUROFACTOR_LINE = [
    (1, 5, "Sender code", "10001"),
    (7, 11, "Client code", "C9876"),
    (13, 20, "Date of the file", "20260615"),
    (22, 22, "Market", "D"),
    (24, 26, "Code of the market", "711"),
    (28, 28, "Document type", "F"),
    (30, 32, "Currency", "EUR"),
    (34, 40, "Buyer's number given by the factor", "7654321"),
    (42, 56, "Our customer number", "C0001"),
    (58, 80, "Blanks", ""),
    (82, 95, "Document number", "FAC/2026/00012"),
    (97, 111, "Amount in cents", "000000000123456"),
    (113, 120, "Document date", "20260515"),
    (122, 129, "Due date", "20260715"),
    (131, 131, "Payment method", "A"),
    (133, 142, "Order number", "S00123"),
    (144, 168, "Customer's reference", "COMMANDE 4500012345/ATELI"),
    (170, 183, "Invoice that is credited", ""),
    (185, 235, "Blanks", ""),
    (237, 239, "Blanks", ""),
]
