"""Importing exports of receivables by the form, by the command."""

import base64
import io
import tempfile
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from odoo.cli.command import find_command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..tools import command_line
from .test_import import BAD_ROW, FILE, HEADER, ImportCommon, ago


@tagged("post_install", "-at_install")
class TestImportForm(ImportCommon):
    def _form(self, text=FILE, **values):
        wizard = Form(self.env["recouvrement.import"].with_user(self.manager))
        wizard.file = base64.b64encode(text.encode())
        for name, value in values.items():
            wizard[name] = value
        return wizard.save()

    def test_check_then_import(self):
        wizard = self._form()
        wizard.action_check()
        self.assertEqual((wizard.state, wizard.error_count), ("checked", 0))
        self.assertIn("Invoices: 4 read, 0 refused, 0 imported", wizard.summary)
        self.assertFalse(self._imported(), "nothing yet")
        wizard.action_import()
        self.assertEqual(wizard.state, "done")
        self.assertIn("4 imported", wizard.summary)
        domain = wizard.action_open_invoices()["domain"]
        self.assertEqual(self.env["account.move"].search_count(domain), 4)

    def test_errors_are_shown(self):
        wizard = self._form(FILE + BAD_ROW)
        wizard.action_check()
        self.assertEqual(wizard.error_ids.mapped("row"), [6])
        self.assertEqual(wizard.error_ids.column, "amount")
        self.assertIn(b"6;amount;", base64.b64decode(wizard.error_file))
        wizard.action_import()
        self.assertEqual(wizard.state, "checked", "nothing was imported")
        wizard.skip_bad_rows = True
        wizard.action_import()
        self.assertEqual(wizard.state, "done")

    def test_columns_can_be_chosen(self):
        text = FILE.replace("number;", "Our no.;").replace("amount;", "EUR;")
        wizard = self._form(text)
        wizard.action_check()
        self.assertIn("No column was recognised for: number, amount", wizard.problem)
        columns = {column.header: column for column in wizard.column_ids}
        self.assertEqual(columns["customer"].field, "customer")
        self.assertEqual(columns["Our no."].sample, "F1")
        columns["Our no."].field = "number"
        columns["EUR"].field = "number"
        with self.assertRaisesRegex(UserError, "are one field"):
            wizard._get_mapping()
        columns["EUR"].field = "amount"
        columns["disputed"].field = False
        wizard.action_check()
        self.assertFalse(wizard.problem)
        wizard.action_import()
        self.assertEqual(len(self._imported()), 4)
        self.assertFalse(
            self.env["recouvrement.hold"].search([("move_id", "!=", False)])
        )

    def test_ambiguous_dates_are_asked(self):
        text = f"{HEADER}\nF1;C1;01/02/2024;03/04/2024;1.00;;;\n"
        wizard = self._form(text)
        wizard.action_check()
        self.assertIn("day first or month first", wizard.problem)
        wizard.date_style = "mdy"
        wizard.action_check()
        self.assertFalse(wizard.problem)

    def test_another_file(self):
        wizard = self._form("nothing")
        with self.assertRaisesRegex(UserError, "no row under them"):
            wizard.action_check()
        wizard.file = base64.b64encode(FILE.encode())
        wizard.action_check()
        wizard.action_back()
        self.assertEqual((wizard.state, len(wizard.column_ids)), ("file", 0))

    def test_file_that_a_request_has_no_time_for(self):
        rows = [f"F{n};C1;{ago(9)};{ago(5)};1.00;;;" for n in range(1001)]
        wizard = self._form("\n".join([HEADER, *rows]))
        wizard.action_check()
        with self.assertRaisesRegex(UserError, "odoo recouvrement_import"):
            wizard.action_import()

    def test_company_of_others(self):
        other = self.setup_other_company()["company"]
        wizard = self._form()
        wizard.sudo().company_id = other
        with self.assertRaises(AccessError):
            wizard.action_import()

    def test_only_managers(self):
        collector = new_test_user(
            self.env, login="col", groups="recouvrement_b2b.recouvrement_group_user"
        )
        with self.assertRaises(AccessError):
            self.env["recouvrement.import"].with_user(collector).create({})


@tagged("post_install", "-at_install")
class TestCommands(ImportCommon):
    """The commands, with the test's own transaction for theirs."""

    def _run(self, name, *arguments):
        """Return the exit status and what was printed."""

        @contextmanager
        def open_company(_arguments, _parser):
            with self.env.cr.savepoint():
                yield self.env, self.company

        output, status = io.StringIO(), 0
        command = find_command(name)()
        with (
            redirect_stdout(output),
            patch.object(command_line, "open_company", open_company),
        ):
            try:
                command.run(list(arguments))
            except SystemExit as stop:
                status = stop.code
        return status, output.getvalue()

    def _run_import(self, text, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.csv"
            path.write_text(text, "utf-8")
            errors = Path(folder) / "errors.csv"
            status, output = self._run(
                "recouvrement_import", str(path), "--errors", str(errors), *arguments
            )
            return status, output, errors.read_text("utf-8-sig")

    def test_import(self):
        status, output, _errors = self._run_import(FILE)
        self.assertEqual(status, 0)
        self.assertIn("Invoices: 4 read, 0 refused, 4 imported.", output)
        self.assertIn("Payments: 1/1", output, "progress")
        self.assertEqual(len(self._imported()), 4)

    def test_errors(self):
        status, output, errors = self._run_import(FILE + BAD_ROW)
        self.assertEqual(status, 1)
        self.assertIn("Row 6, amount: “ten” is not an amount.", output)
        self.assertIn("Nothing was imported.", output)
        self.assertIn("6;amount;“ten” is not an amount.", errors)
        self.assertFalse(self._imported())
        status, _output, _errors = self._run_import(FILE + BAD_ROW, "--skip-bad-rows")
        self.assertEqual((status, len(self._imported())), (0, 4))

    def test_dry_run(self):
        status, output, _errors = self._run_import(FILE, "--dry-run")
        self.assertEqual((status, len(self._imported())), (0, 0))
        self.assertIn("Invoices: 4 read, 0 refused, 0 imported.", output)

    def test_mapping_and_styles(self):
        text = f"A|B|C|D|E\nF1|C1|{ago(9)}|{ago(5)}|1,50\n"
        with tempfile.NamedTemporaryFile("w", suffix=".ini") as mapping:
            mapping.write(
                "[columns]\nnumber = A\ncustomer = B\ndate = C\ndue = D\namount = E\n"
            )
            mapping.flush()
            status, _output, _errors = self._run_import(
                text, "--mapping", mapping.name, "--date-style", "ymd",
                "--decimal", "comma", "--delimiter", "|", "--encoding", "utf-8",
            )  # fmt: skip
        self.assertEqual(status, 0)
        self.assertEqual(self._imported()["F1"].amount_total, 1.5)

    def test_file_that_is_not_there(self):
        status, _output = self._run("recouvrement_import", "/nowhere.csv")
        self.assertIn("cannot be read", status)

    def test_demo(self):
        service = type(self.env["recouvrement.portfolio"])
        size = ("--customers", "12", "--invoices", "30", "--seed", "5")
        with patch.object(service, "_write_portfolio", return_value=True) as write:
            status, output = self._run("recouvrement_demo", *size)
            self.assertEqual(status, 0)
            self.assertIn("12 customers", output)
            self.assertEqual(len(write.call_args.args[0].customers), 12)
            _status, output = self._run("recouvrement_demo", *size)
            self.assertIn("already there", output)
            write.assert_called_once()

    def test_demo_of_a_company_without_a_chart(self):
        self.company = self.env["res.company"].create({"name": "Empty"})
        status, _output = self._run("recouvrement_demo", "--invoices", "120")
        self.assertIn("chart of accounts", status)

    def test_demo_is_told_what_is_missing(self):
        status, _output = self._run("recouvrement_demo", "--invoices", "5")
        self.assertIn("at least one invoice", status)
