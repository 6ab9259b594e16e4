"""Writes the dashboards of both languages as JSON, or says which of the committed files are stale."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.board import Board
from dashboards.boards.availability import availability
from dashboards.boards.collector_board import collector
from dashboards.boards.datacentre import datacentre
from dashboards.boards.district import district
from dashboards.boards.server import server
from dashboards.boards.services import services
from dashboards.boards.site import site
from dashboards.boards.traffic import traffic
from dashboards.boards.wall import wall
from dashboards.text import Language, Texts

GENERATED = Path(__file__).with_name("generated")
_BOARDS = (wall, district, site, traffic, datacentre, server, services, availability, collector)


def boards(texts: Texts) -> list[Board]:
    """Return all dashboards in one language."""
    return [make(texts) for make in _BOARDS]


def encoded(board: Board) -> str:
    """Return a dashboard as Grafana reads it; what the SDK's build has no field for is added here."""
    found: dict[str, Any] = json.loads(JSONEncoder(sort_keys=True).encode(board.build()))
    for panel in found["panels"]:
        if panel.get("id") in board.per_row:
            panel["maxPerRow"] = board.per_row[panel["id"]]
    for query in found["annotations"]["list"]:
        query |= {"titleFormat": query["name"], "textFormat": "{{name}} {{instance}}", "step": "60s"}
        query |= {"tagKeys": "area", "useValueForTime": False}
    return json.dumps(found, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def files() -> dict[Path, str]:
    """Return what belongs into the folder of generated files."""
    return {
        GENERATED / str(language) / f"{board.key}.json": encoded(board)
        for language in Language
        for board in boards(Texts(language))
    }


def stale() -> list[str]:
    """Return the generated files that are not what would be written now, those too many among them."""
    wanted = files()
    there = set(GENERATED.rglob("*.json"))
    found = [path for path, text in wanted.items() if path not in there or path.read_text("utf-8") != text]
    return sorted(str(path.relative_to(GENERATED)) for path in {*found, *(there - wanted.keys())})


def main() -> int:
    """Write the files; with --check only say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file is stale")
    if parser.parse_args().check:
        print(*stale(), sep="\n")
        return 1 if stale() else 0
    for path in GENERATED.rglob("*.json"):
        path.unlink()
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
