import csv
import sys
from datetime import date
from pathlib import Path

from odoo.cli import Command
from odoo.exceptions import UserError

SHOWN_ERRORS = 30


class RecouvrementImport(Command):
    """Import a file of receivables (CSV): invoices, what was paid of them, customers.

    Nothing is imported where a row is refused, unless --skip-bad-rows leaves the bad
    ones out. Columns, encoding, delimiter and date style are found, or told.
    """

    name = "recouvrement_import"
    epilog = "readme/IMPORT.md of the module describes the columns and the mapping."

    def run(self, args):
        """Read a file, check it, write it; the exit status is 1 if nothing could be."""
        # Here and not above: Odoo reads this file before it knows its add-ons.
        from odoo.addons.recouvrement_b2b.tools import command_line

        command_line.add_database_arguments(self.parser)
        self._add_arguments()
        options = self.parser.parse_args(args)
        data = _read(options.file)
        mapping = _read(options.mapping).decode() if options.mapping else ""
        try:
            with command_line.open_company(options, self.parser) as (env, company):
                report = self._import(env, company, data, mapping, options)
                self._tell(env, report, options, command_line.say)
        except UserError as error:
            sys.exit(str(error))
        if report.errors and not report.written:
            sys.exit(1)

    def _add_arguments(self):
        add = self.parser.add_argument
        add("file", type=Path, metavar="FILE.csv")
        add("--mapping", type=Path, metavar="FILE", help="JSON or INI: field = column")
        add("--date-style", choices=("dmy", "mdy", "ymd"), default="")
        add("--decimal", choices=("comma", "point"), default="")
        add("--encoding", default="", metavar="NAME")
        add("--delimiter", default="", metavar="CHARACTER")
        add("--shift-dates", action="store_true", help="make the last invoice today's")
        add("--skip-bad-rows", action="store_true", help="import the good ones only")
        add(
            "--errors", type=Path, metavar="FILE", help="write what is refused to a CSV"
        )
        add("--dry-run", action="store_true", help="read and check, write nothing")

    def _import(self, env, company, data, mapping, options):
        from odoo.addons.recouvrement_b2b.tools.command_line import Progress
        from odoo.addons.recouvrement_b2b.tools.receivables_csv import Options

        service = env["recouvrement.portfolio"]
        return service._import_receivables(
            data,
            Options(
                today=date.today(),  # noqa: DTZ011 - the user's own calendar
                encoding=options.encoding,
                delimiter=options.delimiter.replace("\\t", "\t"),
                date_style=options.date_style,
                decimal=options.decimal,
                mapping=service._parse_mapping(mapping),
                shift_dates=options.shift_dates,
            ),
            company=company,
            skip_bad_rows=options.skip_bad_rows,
            dry_run=options.dry_run,
            progress=Progress(),
        )

    def _tell(self, env, report, options, say):
        """Show the errors, all of them in a file, and what was done."""
        if options.errors or (options.skip_bad_rows and report.errors):
            path = options.errors or Path(f"{options.file.name}.errors.csv")
            with path.open("w", newline="", encoding="utf-8-sig") as file:
                writer = csv.writer(file, delimiter=";")
                writer.writerows([("row", "column", "error"), *report.errors])
            say(env._("What was refused is written in %s.", path))
        for row, column, sentence in report.errors[:SHOWN_ERRORS]:
            say(
                env._(
                    "Row %(row)s, %(column)s: %(sentence)s",
                    row=row,
                    column=column or "-",
                    sentence=sentence,
                )
            )
        if len(report.errors) > SHOWN_ERRORS:
            more = len(report.errors) - SHOWN_ERRORS
            say(env._("... and %s more: --errors FILE writes them all.", more))
        service = env["recouvrement.portfolio"]
        for sentence in [
            *service._get_column_summary(report.reading),
            *service._get_summary(report),
        ]:
            say(sentence)
        if not report.written and not options.dry_run:
            say(env._("Nothing was imported."))
            if not options.skip_bad_rows:
                say(env._("Correct the rows, or leave them out with --skip-bad-rows."))


def _read(path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        sys.exit(f"{path} cannot be read: {error.strerror}.")
