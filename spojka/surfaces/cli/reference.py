"""The reference pages, written from what is registered: operations, refusals, the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from spojka.access.operations import calling  # noqa: F401  # defines the refusals that every call may answer with
from spojka.access.operations.registry import all_operations
from spojka.surfaces.cli.listing import described
from spojka.surfaces.cli.printing import out
from spojka.surfaces.gateway.connector import routes  # noqa: F401  # defines what programs are answered
from spojka.surfaces.registered import register_all
from spojka.terms.refusals import all_refusals

NOTICE = "<!-- Written by `make docs` from the code; change it there. -->\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _operation(facts: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n### `{facts['name']}`\n"
    yield f"{facts['doc']} *{facts['kind'].capitalize()}, permission* `{facts['permission']}`.\n"
    if facts["arguments"]:
        yield "| Argument | Type | Default |\n|---|---|---|"
        for argument in facts["arguments"]:
            default = "required" if argument["required"] else f"`{argument['default']}`"
            fields = ", ".join(f"`{name}`: {kind}" for name, kind in argument["fields"].items())
            kind = f"{argument['type']} ({fields})" if fields else argument["type"]
            yield f"| `{argument['name']}` | {_escaped(kind)} | {_escaped(default)} |"
        yield ""
    fields = ", ".join(f"`{name}`: {kind}" for name, kind in facts["returned_fields"].items())
    yield f"Answers {facts['returns']}{f' ({fields})' if fields else ''}.\n"
    if facts["refusals"]:
        yield f"Refusals: {', '.join(f'[`{code}`](refusals.md#{code.lower()})' for code in facts['refusals'])}.\n"


def operations_page() -> str:
    """Every operation and query, by room."""
    register_all()
    lines = [
        NOTICE,
        "# Operations and queries\n",
        "The only ways to change and to read anything. Console, portal, API, command line, jobs and stories call",
        "them by name; `spojka operations --json` gives the same as data.\n",
    ]
    room = ""
    for one in all_operations():
        if one.name.partition(".")[0] != room:
            room = one.name.partition(".")[0]
            lines.append(f"\n## {room}\n")
        lines.extend(_operation(described(one)))
    return "\n".join(lines).rstrip() + "\n"


def refusals_page() -> str:
    """Every refusal code with its words and the specification's other spellings of it."""
    register_all()
    lines = [
        NOTICE,
        "# Refusals\n",
        "A refusal is an answer with a stable code, the clauses it rests on and figures, in Czech and English.",
        "One meaning has one code; other spellings of the specification name the same code.\n",
    ]
    for words in all_refusals():
        lines += [f"\n## {words.code}\n", f"- cs: {words.cs}", f"- en: {words.en}"]
        if words.also:
            lines.append(f"- also written: {', '.join(f'`{spelling}`' for spelling in words.also)}")
    return "\n".join(lines).rstrip() + "\n"


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, each in inner.items():
        yield from _commands(each, f"{path} {name}")


def _parameter(parameter: Any) -> str:
    help_text = (parameter.help or "").rstrip(".")
    if parameter.param_type_name == "argument":
        name = parameter.name.upper()
        return f"| `{name}` | {_escaped(help_text)} | {'required' if parameter.required else ''} |"
    default = parameter.default
    shown = "" if default is None or default is False or callable(default) else f"`{default}`"
    return f"| `{'`, `'.join(parameter.opts)}` | {_escaped(help_text)} | {shown} |"


def commands_page(app: typer.Typer) -> str:
    """Every command with its arguments and options."""
    lines = [
        NOTICE,
        "# The command line\n",
        "Exit codes: 0 done, 1 refused or failed, 2 wrong call. `--json` answers for machines; `--lang cs` or `en`",
        "chooses the language of refusals and explanations. `spojka --install-completion` completes in your shell.\n",
    ]
    for path, command in _commands(typer.main.get_command(app), "spojka"):
        lines += [f"\n## `{path}`\n", f"{(command.help or '').strip()}\n"]
        rows = [_parameter(one) for one in command.params if one.name != "help"]
        if rows:
            lines += ["| | | Default |\n|---|---|---|", *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


def pages(app: typer.Typer) -> dict[str, str]:
    """Each page's text by its file name."""
    return {"operations.md": operations_page(), "refusals.md": refusals_page(), "cli.md": commands_page(app)}


def write_reference(folder: Path, app: typer.Typer) -> None:
    """Write every page into a folder; the command line is said to it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(app).items():
        (folder / name).write_text(text, encoding="utf-8")
        out().print(f"{folder / name}")
