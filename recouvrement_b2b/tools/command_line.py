"""What the commands of the module share: their database and their progress."""

import sys
import time
from contextlib import contextmanager

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

SECONDS_BETWEEN_LINES = 3


def add_database_arguments(parser):
    """Add the arguments that say where to work."""
    parser.add_argument("-c", "--config", metavar="FILE", help="configuration of Odoo")
    parser.add_argument("-d", "--database", metavar="NAME", help="database")
    parser.add_argument(
        "--company", type=int, metavar="ID", help="company (default: the first one)"
    )


@contextmanager
def open_company(arguments, parser):
    """Yield the environment and the company; commit at the end, or nothing at all.

    The user is OdooBot, in the language of the administrator.
    """
    options = ["--no-http"]
    options += ["-c", arguments.config] if arguments.config else []
    options += ["-d", arguments.database] if arguments.database else []
    config.parse_config(options, setup_logging=True)
    names = config["db_name"]
    if len(names) != 1:
        parser.error("tell one database: -d NAME")
    registry = Registry(names[0])
    if "recouvrement.portfolio" not in registry:
        sys.exit(f"Install the module first: odoo -d {names[0]} -i recouvrement_b2b")
    with registry.cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        company = env["res.company"].browse(arguments.company or []).exists()
        if arguments.company and not company:
            sys.exit(f"There is no company {arguments.company} in {names[0]}.")
        company = company or env["res.company"].search([], limit=1)
        lang = env.ref("base.user_admin").lang
        yield env(context={"lang": lang, "allowed_company_ids": company.ids}), company


def say(text=""):
    """Write a line for the user at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Progress:
    """Say how far it is, every few seconds and at the end of each step."""

    def __init__(self):
        self.started = self.last = time.monotonic()

    def __call__(self, label, done, total):
        now = time.monotonic()
        if done == total or now - self.last >= SECONDS_BETWEEN_LINES:
            self.last = now
            say(f"  {label}: {done}/{total} ({now - self.started:.0f} s)")
