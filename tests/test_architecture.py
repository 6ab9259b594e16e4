"""The dependency rules of the design, from one table: who may import whom, and who may touch what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("agent", "collector", "snmp", "dashboards", "lab", "deploy")

IO_MODULES = frozenset({"asyncio", "socket", "os", "time", "random", "secrets", "yaml", "sqlite3", "logging"})
"""What a pure module is handed instead: now, randomness, keys, bytes."""

PURE = (
    "snmp",
    "agent.wire",
    "agent.wire_json",
    "agent.wire_report",
    "agent.wire_request",
    "agent.wire_sections",
    "agent.wire_frame",
    "agent.rate",
    "agent.show",
    "agent.spool_format",
    "agent.snmp_tables",
    "collector.model",
    "collector.visit",
    "collector.verdict",
    "collector.topology",
    "collector.schedule",
    "collector.live",
    "collector.recall",
    "collector.traffic.rates",
    "collector.traffic.now",
    "collector.traffic.buckets",
    "collector.traffic.measure",
    "collector.traffic.recent",
    "collector.traffic.shown",
    "collector.traffic.lines",
    "collector.traffic.report",
    "collector.discovery",
    "collector.outage_cause",
    "collector.outages",
    "collector.outage_series",
    "collector.alerting.alert",
    "collector.alerting.alertmanager",
    "collector.alerting.explain",
    "collector.alerting.intervals",
    "collector.alerting.oncall",
    "collector.alerting.pace",
    "collector.alerting.receivers",
    "collector.alerting.rules",
    "collector.alerting.table",
    "collector.alerting.table_collector",
    "collector.alerting.table_devices",
    "collector.alerting.table_hosts",
    "collector.alerting.table_outages",
    "collector.alerting.templates",
    "collector.alerting.words",
    "collector.alerting.yaml_text",
    "collector.deadman.watch",
    "collector.deadman.words",
    "collector.relay.message",
    "collector.inventory.alerting_values",
    "collector.inventory.secret_ref",
    "collector.pipeline",
    "collector.planned",
    "collector.planning",
    "collector.current",
    "collector.fault_log",
    "collector.decode",
    "collector.inventory.values",
    "collector.inventory.service_values",
    "collector.inventory.report_values",
    "collector.inventory.planning_values",
    "collector.patterns",
    "collector.inventory.canonical",
    "collector.figures.causes",
    "collector.figures.ways",
    "collector.figures.units",
    "collector.figures.stretches",
    "collector.figures.spans",
    "collector.figures.sightings",
    "collector.figures.plan",
    "collector.figures.pieces",
    "collector.figures.narrowed",
    "collector.figures.partition",
    "collector.figures.outages",
    "collector.figures.errors",
    "collector.figures.document",
    "collector.figures.assemble",
    "collector.figures.period",
    "collector.figures.outage_values",
    "collector.figures.tally",
    "collector.figures.values",
    "collector.expose.blocks",
    "collector.expose.page",
    "collector.expose.labels",
    "collector.expose.views",
    "collector.expose.catalogue",
    "collector.web.api",
    "collector.web.formats",
    "collector.web.html",
    "collector.web.language",
    "collector.web.pages",
    "collector.web.past",
    "collector.web.picture",
    "collector.web.planned",
    "collector.web.plots",
    "collector.web.rings",
    "collector.web.search",
    "collector.web.snapshot",
    "collector.web.told",
    "collector.web.words",
    "collector.poll.answer_size",
    "collector.poll.echo",
    "collector.report.collation",
    "collector.report.findings",
    "collector.report.history",
    "collector.report.layout",
    "collector.report.lines",
    "collector.report.loss",
    "collector.report.model",
    "collector.report.numbers",
    "collector.report.outage_rows",
    "collector.report.paper",
    "collector.report.pdf.html",
    "collector.report.pdf.style",
    "collector.report.places",
    "collector.report.texts",
    "collector.report.traffic_part",
    "collector.report.traffic_values",
    "collector.report.values",
    "collector.report.word.parts",
    "collector.report.word.xml",
    "collector.report.words",
    "collector.report.xlsx.sheets",
    "collector.report.xlsx.totals",
    "collector.ledger.beats",
    "collector.ledger.book",
    "collector.ledger.days",
    "collector.ledger.evidence",
    "collector.ledger.rows",
    "collector.ledger.runs",
    "collector.ledger.spools",
    "collector.ledger.traffic",
    "collector.ledger.traffic_rows",
    "collector.ledger.uptimes",
    "collector.archive.manifest",
    "collector.closing.chain",
    "collector.closing.closed",
    "collector.closing.differ",
    "collector.closing.figures_text",
    "collector.closing.retention",
    "collector.register.chain",
    "collector.register.codec",
    "collector.register.entries",
    "dashboards.push.compare",
    "lab.condition",
    "lab.days",
    "lab.device",
    "lab.faults",
    "lab.flow",
    "lab.history",
    "lab.intervals",
    "lab.load_curve",
    "lab.mib",
    "lab.month.answers",
    "lab.month.driver",
    "lab.month.resting",
    "lab.month.simulated",
    "lab.month.stretch",
    "lab.month.virtual",
    "lab.node",
    "lab.orders",
    "lab.packets",
    "lab.place",
    "lab.server_mib",
    "lab.sites",
    "lab.snapshots",
    "lab.true_time",
    "lab.truth",
    "lab.wiring",
    "lab.world",
)
"""Modules and packages (with all that is in them) that do no I/O and read no clock."""

ONLY_IMPORTER = {
    "psutil": ("agent.probe",),
    "yaml": ("collector.inventory",),
    "pydantic": ("collector.inventory.schema",),
    "sqlite3": ("collector.ledger", "collector.register"),
    "cryptography": ("snmp.usm", "snmp.usm_ciphers", "collector.poll.certificate", "lab.certificates"),
    "h11": ("collector.poll.service_http",),
    "dns": ("collector.poll.service_dns",),
    "paramiko": ("collector.poll.ssh_session",),
    "prometheus_client": ("collector.expose.health",),
    "aiohttp": ("collector.expose.http", "collector.expose.access", "collector.expose.door"),
    "holidays": ("collector.planning.holidays",),
    "grafana_client": ("dashboards.push.grafana",),
    "grafana_foundation_sdk": (
        "dashboards.board",
        "dashboards.boards",
        "dashboards.build",
        "dashboards.colours",
        "dashboards.panels",
    ),
    "niquests": ("dashboards.push.grafana",),
    "re2": ("collector.patterns",),
    "docx": ("collector.report.word",),
    "weasyprint": ("collector.report.pdf.draw",),
    "pypdf": ("collector.report.pdf.bind",),
    "xlsxwriter": ("collector.report.xlsx",),
    "matplotlib": ("collector.report.plots.library",),
    "pysnmp": (),
    "typer": ("collector.cli", "collector.commands"),
    "uvloop": ("collector.commands.run",),
}
"""One library, one importer (a module, or a package with all that is in it)."""

NEVER = (
    ("agent", ("collector", "dashboards", "lab", "deploy")),
    ("snmp", ("agent", "collector", "dashboards", "lab", "deploy")),
    (
        "collector.poll",
        ("collector.ledger", "collector.expose", "collector.live", "collector.pipeline", "collector.core"),
    ),
    ("collector.expose", ("collector.poll", "collector.ledger", "collector.live", "collector.web")),
    ("collector.web", ("collector.poll", "collector.live", "collector.core", "collector.pipeline")),
    ("collector.decode", ("collector.poll", "collector.ledger", "collector.expose", "collector.live")),
    (
        "collector.ledger",
        ("collector.poll", "collector.expose", "collector.decode", "collector.live", "collector.core"),
    ),
    ("collector.ledger", ("collector.register",)),
    *(
        (
            module,
            ("collector.poll", "collector.expose", "collector.decode", "collector.live", "collector.core"),
        )
        for module in ("collector.archive", "collector.closing")
    ),
    (
        "collector.register",
        ("collector.poll", "collector.expose", "collector.decode", "collector.live", "collector.core"),
    ),
    (
        "collector.figures",
        ("collector.poll", "collector.expose", "collector.decode", "collector.live", "collector.core"),
    ),
    ("collector.live", ("collector.poll", "collector.ledger", "collector.expose", "collector.decode")),
    (
        "collector.inventory",
        ("collector.poll", "collector.ledger", "collector.expose", "collector.live", "collector.core"),
    ),
    *(
        (module, ("collector.poll", "collector.expose", "collector.decode", "collector.core"))
        for module in (
            "collector.traffic.rates",
            "collector.traffic.buckets",
            "collector.traffic.measure",
            "collector.traffic.recent",
        )
    ),
    (
        "collector.planning",
        ("collector.poll", "collector.expose", "collector.live", "collector.pipeline", "collector.core"),
    ),
    (
        "collector.deadman",
        ("collector.app", "collector.core", "collector.ledger", "collector.expose", "collector.poll"),
    ),
    ("collector.alerting", ("collector.poll", "collector.core", "collector.app", "collector.ledger")),
    (
        "collector.report",
        ("collector.poll", "collector.expose", "collector.live", "collector.core", "collector.web"),
    ),
    ("collector.core", ("collector.poll", "collector.app", "collector.runner")),
    ("collector", ("lab", "dashboards")),
)
"""Left never imports any of right, nor anything within it."""

EXCEPT = {
    ("collector.commands.dashboards", "dashboards"): "a command that hands the generated files to Grafana",
    ("collector.commands.up", "deploy"): "a command that starts the whole stack",
    ("collector.commands.lab", "lab"): "the command line of the lab",
    ("collector.commands.month", "lab"): "the lab's month is a command of its own",
}

FROM_AGENT = ("agent.wire",)
"""All that the collector knows of the agent."""


@dataclass(frozen=True)
class Import:
    """One import statement's target, as far as it names a module."""

    module: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


@cache
def modules() -> dict[str, Path]:
    return {name_of(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for module, path in modules().items() for found in imports_of(module, path))


def imports_of(module: str, path: Path) -> Iterator[Import]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: imports are absolute here"
            assert node.module is not None
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            known = [name for name in inner if name in modules()]
            yield from (Import(module, name, node.lineno) for name in known)
            if len(known) < len(inner):
                yield Import(module, node.module, node.lineno)


def test_the_tables_name_what_there_is() -> None:
    """A rule about a module that does not exist guards nothing."""
    named = [*PURE, *FROM_AGENT, *(left for left, _ in NEVER), *(module for module, _ in EXCEPT)]
    named += [place for places in ONLY_IMPORTER.values() for place in places]
    assert [name for name in named if name not in modules()] == []


@pytest.mark.parametrize("pure", PURE)
def test_pure_modules_touch_nothing_outside(pure: str) -> None:
    """They import no clock, no socket, no disk, no randomness and no log."""
    assert [
        str(found)
        for found in imports()
        if within(found.module, pure) and found.target.partition(".")[0] in IO_MODULES
    ] == []


@pytest.mark.parametrize("library", ONLY_IMPORTER)
def test_each_library_has_one_importer(library: str) -> None:
    """To change a library is to change one place."""
    places = ONLY_IMPORTER[library]
    assert [
        str(found)
        for found in imports()
        if within(found.target, library) and not any(within(found.module, place) for place in places)
    ] == []


@pytest.mark.parametrize(("left", "right"), NEVER)
def test_stages_do_not_know_each_other(left: str, right: tuple[str, ...]) -> None:
    """What flows from one to the other goes through the core and the model."""
    assert [
        str(found)
        for found in imports()
        if within(found.module, left)
        and any(within(found.target, never) for never in right)
        and not any(within(found.module, m) and within(found.target, t) for m, t in EXCEPT)
    ] == []


def test_the_collector_knows_only_the_agents_wire() -> None:
    """Agent and collector are released apart; the contract is all they share."""
    assert [
        str(found)
        for found in imports()
        if within(found.module, "collector")
        and within(found.target, "agent")
        and found.target not in FROM_AGENT
    ] == []


def test_only_the_application_wires_parts() -> None:
    """`app` is imported by the command that runs it and by nobody else."""
    assert {found.module for found in imports() if found.target == "collector.app"} == {
        "collector.commands.run"
    }


def test_no_module_imports_itself_in_a_circle() -> None:
    """Every module can be understood after those it imports."""
    edges: dict[str, set[str]] = {}
    for found in imports():
        if found.target in modules() and found.target != found.module:
            edges.setdefault(found.module, set()).add(found.target)
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path[path.index(module) :], module))
        if module not in done:
            for target in sorted(edges.get(module, ())):
                visit(target, (*path, module))
            done.add(module)

    for module in sorted(edges):
        visit(module, ())


def test_packages_are_empty_so_that_importing_a_leaf_pulls_in_nothing_else() -> None:
    """Every `__init__.py` is empty."""
    assert [
        name for name, path in modules().items() if path.name == "__init__.py" and path.read_text().strip()
    ] == []


def test_every_module_says_its_job_in_its_first_line() -> None:
    """A docstring of one line comes first."""
    silent = []
    for name, path in modules().items():
        if path.name in ("__init__.py", "__main__.py"):
            continue
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        if not doc or not doc.splitlines()[0].strip():
            silent.append(name)
    assert silent == []


def test_modules_stay_small() -> None:
    """Longer than 300 lines is two jobs."""
    long = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules().items()}
    assert {name: lines for name, lines in long.items() if lines > 300} == {}
