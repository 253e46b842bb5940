"""./run lint: all checks that need no Odoo and no database."""

import os
import subprocess

from tooling import python_env, system
from tooling.console import say
from tooling.paths import MODULE, ROOT

OUR_PYTHON = [MODULE, "tooling", "benchmarks", "run"]

# pylint-odoo's rules that we leave out, each with the reason why.
LEFT_OUT = (
    # A long model is extended in several files of our module, each with its subject.
    "consider-merging-classes-inherited",
    # It takes `_ = self.env._` for the global `_`; the gate looks for that one.
    "prefer-env-translation",
    # Odoo's own linter (test_lint) has other names, that our code tells it.
    "unknown-option-value",
)


def main(args: list[str]) -> int:
    """All linters, each one's findings; --fix lets ruff and OCA's hooks repair."""
    system.require(system.GIT)
    programs = python_env.ensure("lint") / "bin"
    fix = "--fix" in args
    python = [name for name in OUR_PYTHON if (ROOT / name).exists()]
    po = sorted(map(str, (ROOT / MODULE / "i18n").glob("*.po")))
    fix_oca = ["--fix"] if fix else []
    commands = {
        "ruff": ["ruff", "check", "--fix" if fix else "--no-fix", *python],
        "ruff format": ["ruff", "format", *([] if fix else ["--check"]), *python],
        "pylint-odoo": ["pylint", f"--disable={','.join(LEFT_OUT)}", MODULE],
        "OCA's hooks": ["oca-checks-odoo-module", *fix_oca, MODULE],
        "gate": ["python", "-m", "tooling.gate"],
    }
    if po:
        # Odoo's export decides the layout of its files.
        commands["OCA's po hook"] = ["oca-checks-po", "--disable=po-pretty-format", *po]
    failed = [
        name for name, command in commands.items() if not _passes(programs, command)
    ]
    say(f"Lint: {', '.join(failed)} found something." if failed else "Lint: all clean.")
    return 1 if failed else 0


def _passes(programs: os.PathLike, command: list[str]) -> bool:
    say(f"> {' '.join(command[:3])}")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    program = [os.path.join(programs, command[0]), *command[1:]]
    return (
        subprocess.run(program, cwd=ROOT, env=environment, check=False).returncode == 0
    )
