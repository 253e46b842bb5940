"""./run build: the wheel `odoo-addon-recouvrement_b2b`, as OCA builds its own."""

import shutil

from tooling import python_env, system
from tooling.paths import DIST, LOGS, MODULE, ROOT
from tooling.programs import run_logged


def main(_args: list[str]) -> int:
    """The add-on as a wheel, in dist/."""
    system.require(system.GIT)
    python = python_env.ensure("lint") / "bin/python"
    log = LOGS / "build.log"
    log.unlink(missing_ok=True)
    shutil.rmtree(DIST, ignore_errors=True)
    options = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    pip = [python, "-m", "pip", "wheel", *options, "--wheel-dir", DIST, ROOT / MODULE]
    run_logged("Building the wheel", pip, log)
    for wheel in sorted(DIST.glob("*.whl")):
        print(wheel.relative_to(ROOT))
    return 0
