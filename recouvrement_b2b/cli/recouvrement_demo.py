import sys
from datetime import date

from odoo.cli import Command
from odoo.exceptions import UserError


class RecouvrementDemo(Command):
    """Fill a company with made-up customers, invoices and payments of two years.

    Everything is written in one transaction: a fill that is stopped leaves nothing
    behind, and a second one does nothing. The same seed and day give the same data.
    """

    name = "recouvrement_demo"

    def run(self, args):
        """Write the portfolio of a seed."""
        # Here and not above: Odoo reads this file before it knows its add-ons.
        from odoo.addons.recouvrement_b2b.tools import command_line
        from odoo.addons.recouvrement_b2b.tools.portfolio_generator import generate

        command_line.add_database_arguments(self.parser)
        number = {"type": int, "metavar": "N"}
        self.parser.add_argument("--customers", default=120, **number)
        self.parser.add_argument("--invoices", default=2500, **number)
        self.parser.add_argument("--seed", default=1, **number)
        options = self.parser.parse_args(args)
        size = {"customers": options.customers, "invoices": options.invoices}
        today = date.today()  # noqa: DTZ011 - as the user's own calendar has it
        try:
            portfolio = generate(options.seed, today, **size)
        except (ImportError, ValueError) as error:
            sys.exit(str(error))
        label = f"seed {options.seed}, {size}, {today}"
        try:
            with command_line.open_company(options, self.parser) as (env, company):
                progress = command_line.Progress()
                written = env["recouvrement.portfolio"]._write_demo(
                    portfolio, label, company, progress
                )
        except UserError as error:
            sys.exit(str(error))
        if not written:
            command_line.say("The demo data are already there: nothing to do.")
            return
        command_line.say(
            f"{len(portfolio.customers)} customers, {len(portfolio.invoices)} invoices"
            f" and credit notes, {len(portfolio.payments)} payments,"
            f" {len(portfolio.openings)} balances brought forward."
        )
