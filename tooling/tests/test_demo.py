"""What ./run demo writes, and what is said of it."""

import re

from tooling.databases import SHELL
from tooling.paths import ROOT


def test_the_readme_names_every_file():
    written = set(re.findall(r'out / "([\w.]+)"', (SHELL / "demo_day.py").read_text()))
    assert written == {
        "letters.pdf",
        "worklist.xlsx",
        "penalties.pdf",
        "penalties.xlsx",
    }
    named = set(re.findall(r"`out/([\w.]+)`", (ROOT / "README.md").read_text()))
    assert named == written
