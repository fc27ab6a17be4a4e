"""The static page: one HTML file with its style inside, readable from disk and without a network."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from orchestration.report.figures import figures
from orchestration.report.matching import write_matching_page


def write_report(database: Path, folder: Path) -> Path:
    """Write folder/index.html from a published file; the old page stays until the new one is whole."""
    loader = FileSystemLoader(Path(__file__).parent)
    template = Environment(loader=loader, autoescape=select_autoescape()).get_template("page.html")
    shown = figures(database)
    about = {row["name"]: row["value"] for row in shown["about"]}
    currency = {row["name"]: row["value"] for row in shown["setting"]}.get("setting: reporting_currency", "")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "index.html"
    temporary = folder / ".index.html.tmp"
    temporary.write_text(template.render(**shown, facts=about, currency=currency), encoding="utf-8")
    temporary.replace(target)
    write_matching_page(database, folder / "matching.html")
    return target
