"""Build the add-on's README.rst out of readme/*.md: python3 -m tooling.readme.

The fragments keep to the Markdown that is read here: headings, paragraphs, lists and
tables with an empty line around them, blocks of code, **bold**, *italic*, `code` and
[links](to). A list inside a list has an empty line around it too.
"""

import re
import sys
import textwrap

from tooling.paths import MODULE, ROOT

TITLE = "B2B Receivables Collection"
FRAGMENTS = {
    "DESCRIPTION": "",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "IMPORT": "Import of receivables",
    "ROADMAP": "Known limits and roadmap",
    "HISTORY": "Changelog",
    "CONTRIBUTORS": "Contributors",
}
UNDERLINES = "=-~^"
HEADING = re.compile(r"^(#+) +(.+)$", re.MULTILINE)
CODE_BLOCK = re.compile(r"^```.*\n([\s\S]*?)^```$", re.MULTILINE)


def build() -> str:
    """Return the whole README.rst."""
    parts = [title(TITLE, 1)]
    for name, heading in FRAGMENTS.items():
        path = ROOT / MODULE / "readme" / f"{name}.md"
        if path.exists():
            own_title = re.compile(r"\A# .+\n")
            parts += [title(heading, 2)] if heading else []
            parts.append(to_rst(own_title.sub("", path.read_text())))
    return "\n\n".join(parts) + "\n"


def to_rst(markdown: str) -> str:
    """Return reStructuredText.

    >>> print(to_rst("## Use\\n- **Run** `it`, see [here](https://example.com)"))
    Use
    ~~~
    <BLANKLINE>
    - **Run** ``it``, see `here <https://example.com>`__
    """
    blocks = []
    for place, part in enumerate(CODE_BLOCK.split(markdown)):
        if place % 2:
            blocks.append("::\n\n" + textwrap.indent(part.rstrip(), "    "))
        else:
            part = HEADING.sub(r"\n\n\g<0>\n\n", part)
            blocks += [convert(block) for block in re.split(r"\n\s*\n", part)]
    return "\n\n".join(block for block in blocks if block)


def convert(block: str) -> str:
    """Return a heading, a table, a list or a paragraph."""
    block = block.strip("\n")
    heading = HEADING.match(block)
    if heading:
        return title(heading[2], len(heading[1]) + 1)  # under its section's
    if block.startswith("|"):
        return table(block)
    return inline(block)


def title(text: str, level: int) -> str:
    """Return a title and its underline."""
    return f"{text}\n{UNDERLINES[level - 1] * len(text)}"


def table(block: str) -> str:
    """Return a table, whatever the width of its cells."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in block.splitlines():
        # A bar inside `code` does not separate; Markdown wants it escaped there.
        cells = re.split(r"\|(?=(?:[^`]*`[^`]*`)*[^`]*$)", row.strip().strip("|"))
        if not re.fullmatch(r"[-: ]*", "".join(cells)):
            marks = ["*", *" " * (len(cells) - 1)]
            for mark, cell in zip(marks, cells, strict=True):
                text = inline(cell.strip().replace(r"\|", "|"))
                lines.append(f"   {mark} - {text}".rstrip())
    return "\n".join(lines)


def inline(text: str) -> str:
    """Return a text with its `code` and [links](to) as reStructuredText."""
    parts = re.split(r"(`[^`]+`)", text)
    for place, part in enumerate(parts):
        if place % 2:
            parts[place] = f"`{part}`"
        else:
            parts[place] = re.sub(r"\[([^]]+)\]\(([^)]+)\)", r"`\1 <\2>`__", part)
    return "".join(parts)


def main(args: list[str]) -> int:
    """Write README.rst; with --check, only tell whether it is up to date."""
    target = ROOT / MODULE / "README.rst"
    content = build()
    if "--check" in args:
        return int(not target.exists() or target.read_text() != content)
    target.write_text(content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
