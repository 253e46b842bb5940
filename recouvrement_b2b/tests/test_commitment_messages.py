"""What customers read about plans and promises, through a real mail server."""

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools.mail import html2plaintext

from .common import day
from .plans import PlanCommon
from .smtp import smtp_server


@tagged("post_install", "-at_install")
class TestCommitmentMessages(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        cls.french = cls._create_customer("Menuiserie Dupont", lang="fr_FR")

    def setUp(self):
        super().setUp()
        mailbox = smtp_server(self.env)
        self.mailbox = mailbox.__enter__()
        self.addCleanup(mailbox.__exit__, None, None, None)

    def _customers(self):
        """Yield an English and a French customer, with an invoice each."""
        for customer in (self.customer, self.french):
            yield customer, self._invoice(1500, "2026-04-30", partner=customer)

    def _dispatch(self, date="2026-06-15"):
        """Send what waits, twice: nothing goes out a second time."""
        with freeze_time(f"{date} 08:00:00"):
            for _time in range(2):
                self.env["recouvrement.dispatch"]._cron_dispatch_once()

    def assertReceived(self, customer, subject, *words):
        """One message came, to whom it should and in its language; return it."""
        (message,) = self.mailbox.messages
        self.mailbox.messages.clear()
        self.assertIn(customer.email, message["To"])
        self.assertEqual(self._plain(message["Subject"]), subject)
        body = html2plaintext(message.get_body(("html",)).get_content())
        for word in words:
            self.assertIn(word, self._plain(body))
        return message

    def _plain(self, text):
        """Return a text with ordinary spaces."""
        for space in ("\u00a0", "\u202f"):
            text = text.replace(space, " ")
        return text

    def _subject(self, customer, plan, english, french):
        text = french if customer.lang == "fr_FR" else english
        return f"[{plan.name}] {text}"

    def test_the_agreement_goes_out_to_be_signed(self):
        for customer, invoice in self._customers():
            plan = self._plan(invoice)
            plan.action_propose()
            plan.action_send_proposal()
            message = self.assertReceived(
                customer,
                self._subject(
                    customer,
                    plan,
                    "Payment plan: 1,500.00 €",
                    "Échéancier de paiement : 1 500,00 €",
                ),
            )
            (agreement,) = message.iter_attachments()
            content = agreement.get_payload(decode=True)
            self.assertTrue(content.startswith(b"%PDF"))
            self.assertEqual(content, plan.agreement_id.raw)
            sent = self.env["recouvrement.action"].search([("plan_id", "=", plan.id)])
            self.assertEqual((len(sent), sent.state, sent.attempts), (1, "sent", 1))
            self.assertIn(customer.email, sent.recipient)
            self._dispatch()
            self.assertFalse(self.mailbox.messages, "once")

    def test_an_instalment_to_come_then_missed(self):
        for customer, invoice in self._customers():
            plan = self._agreed(invoice)
            self._judge(plan, "2026-06-29")
            self._dispatch("2026-06-29")
            self.assertReceived(
                customer,
                self._subject(
                    customer,
                    plan,
                    "Instalment of 06/30/2026: 500.00 €",
                    "Échéance du 30/06/2026 : 500,00 €",
                ),
                plan.name,
            )
            self._judge(plan, "2026-07-06")
            self._dispatch("2026-07-06")
            self.assertReceived(
                customer,
                self._subject(
                    customer,
                    plan,
                    "Instalment of 06/30/2026 not received",
                    "Échéance du 30/06/2026 non réglée à ce jour",
                ),
                "1 500,00 €" if customer == self.french else "1,500.00 €",
            )

    def test_thanks_for_a_plan_that_was_kept(self):
        for customer, invoice in self._customers():
            plan = self._agreed(invoice)
            self._pay(invoice, day=day("2026-06-16"))
            self._judge(plan, "2026-06-16")
            self._dispatch("2026-06-16")
            self.assertReceived(
                customer,
                self._subject(
                    customer,
                    plan,
                    "Payment plan completed: thank you",
                    "Échéancier soldé : merci",
                ),
            )

    def test_thanks_for_a_promise_that_was_kept(self):
        self.company.collection_promise_thanks = True
        for customer, invoice in self._customers():
            action = invoice.action_promise()
            promises = self.env["recouvrement.promise"]
            promise = promises.with_context(**action["context"]).create(
                {"date_promised": day("2026-06-19")}
            )
            promise.action_open()
            self._pay(invoice, day=day("2026-06-15"))
            self.assertEqual(promise.state, "kept")
            self._dispatch()
            is_french = customer == self.french
            self.assertReceived(
                customer,
                "Votre règlement nous est bien parvenu : merci"
                if is_french
                else "Your payment has reached us: thank you",
                "1 500,00 €" if is_french else "1,500.00 €",
            )
