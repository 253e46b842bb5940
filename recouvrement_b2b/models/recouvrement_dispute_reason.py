from odoo import fields, models


class RecouvrementDisputeReason(models.Model):
    """Why customers contest invoices.

    The shipped reasons are those of the French electronic invoice (life cycle status
    207 'in dispute', standard XP Z12-012), and the usual ones of business, each with
    the code that says it best on a platform.
    """

    _name = "recouvrement.dispute.reason"
    _description = "Dispute Reason"
    _order = "sequence, name"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name, for imports and reports.")
    einvoice_code = fields.Char(
        string="E-Invoicing Code",
        help="Reason given with status 207 (in dispute) of the French electronic "
        "invoice.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        company_dependent=True,
        domain="[('share', '=', False)]",
        help="Who handles disputes of this kind; empty: the customer's collector.",
    )
    answer_days = fields.Integer(
        string="Days to Answer",
        default=10,
        help="After these days, the owner of an unanswered dispute is reminded of it.",
    )
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE(code)", "Another reason has this code already."
    )
    _answer_days_positive = models.Constraint(
        "CHECK(answer_days >= 0)", "The days to answer cannot be negative."
    )
