"""One dashboard under construction: panels on the grid with ids and texts, and what all share."""

from __future__ import annotations

from grafana_foundation_sdk.models import dashboard as model

from dashboards.panels import SOURCE
from dashboards.text import Texts

COLUMNS = 24
TAG = "haidang"
_ORDER = (
    "wall",
    "district",
    "site",
    "traffic",
    "datacentre",
    "server",
    "services",
    "availability",
    "collector",
)
_AREA = r'/^(?=.*[{,]area="(?<value>[^"]+)")(?=.*[{,]area_name="(?<text>(?:[^"\\]|\\.)+)").*$/'
_DEVICE = r'/^(?=.*[{,]instance="(?<value>[^"]+)")(?=.*[{,]name="(?<text>(?:[^"\\]|\\.)+)").*$/'


def uid(key: str) -> str:
    """Return the fixed uid of a dashboard."""
    return f"haidang-{key}"


class Board:
    """Panels flow from left to right and begin a new row where they do not fit any more."""

    def __init__(self, key: str, texts: Texts, *, since: str = "now-24h", refresh: str = "30s") -> None:
        self.key, self.texts = key, texts
        self._since, self._refresh = since, refresh
        self._panels: list[model.Panel | model.RowPanel] = []
        self._variables = [_source_variable(texts)]
        self._annotations: list[model.AnnotationQuery] = []
        self._x = self._y = self._height = 0
        self.per_row: dict[int, int] = {}

    def add(
        self,
        key: str,
        panel: model.Panel,
        width: int,
        height: int,
        *,
        repeat: str | None = None,
        per_row: int = 4,
    ) -> None:
        """Place a panel; its title and description are `key` and `key.about` of the texts."""
        if self._x + width > COLUMNS:
            self._new_line()
        panel.id_val = len(self._panels) + 1
        panel.title = self.texts(key) if repeat is None else f"${{{repeat}:text}}"
        panel.description = self.texts(f"{key}.about")
        panel.grid_pos = model.GridPos(x=self._x, y=self._y, w=width, h=height)
        if repeat is not None:
            panel.repeat, panel.repeat_direction = repeat, "h"
            self.per_row[panel.id_val] = per_row
        self._panels.append(panel)
        self._x += width
        self._height = max(self._height, height)

    def beside(self, key: str, panel: model.Panel, width: int, height: int) -> None:
        """Place a panel below the last one, where that is lower than the others of its line."""
        above = self._panels[-1].grid_pos
        if above is None or above.h + height > self._height or width != above.w:
            raise ValueError(f"{key} does not fit below the last panel")
        x, y, line_height = self._x, self._y, self._height
        self._x, self._y = above.x, above.y + above.h
        self.add(key, panel, width, height)
        self._x, self._y, self._height = x, y, line_height

    def row(self, key: str) -> None:
        """Begin a part under a heading."""
        self._new_line()
        self._panels.append(
            model.RowPanel(
                title=self.texts(key),
                id_val=len(self._panels) + 1,
                grid_pos=model.GridPos(x=0, y=self._y, w=COLUMNS, h=1),
            )
        )
        self._y += 1

    def area_variable(self, *, many: bool = True, hidden: bool = False) -> None:
        """Let readers choose areas, by their names."""
        query = 'query_result(count by (area, area_name) (haidang_device_info{area!=""}))'
        self._choose("area", query, _AREA, many=many, hidden=hidden)

    def device_variable(self, selector: str, *, many: bool = False, label: str = "device") -> None:
        """Let readers choose devices, by their names."""
        query = f"query_result(count by (instance, name) (haidang_device_info{{{selector}}}))"
        self._choose("device", query, _DEVICE, many=many, label=label)

    def label_variable(self, name: str, query: str) -> None:
        """Let readers choose values of a label."""
        self._choose(name, query, "", many=True)

    def outages(self, selector: str) -> None:
        """Mark outages and maintenance on all graphs."""
        marks = (
            ("outages", "#c4281c", f"haidang_outage_start_timestamp_seconds{{{selector}}}"),
            ("maintenance", "#3f8ed0", f'haidang_device_state{{state="maintenance",{selector}}} == 1'),
        )
        for key, colour, expr in marks:
            query = model.AnnotationQuery(
                name=self.texts(key), datasource=SOURCE, enable=True, icon_color=colour, expr=expr
            )
            self._annotations.append(query)

    def build(self) -> model.Dashboard:
        """Return the dashboard."""
        texts = self.texts
        return model.Dashboard(
            uid=uid(self.key),
            title=texts(self.key),
            description=texts(f"{self.key}.about"),
            tags=[TAG, self.key],
            timezone="",
            editable=True,
            graph_tooltip=model.DashboardCursorSync.CROSSHAIR,
            time=model.DashboardDashboardTime(from_val=self._since, to="now"),
            refresh=self._refresh,
            panels=self._panels,
            templating=model.DashboardDashboardTemplating(list_val=self._variables),
            annotations=model.AnnotationContainer(list_val=self._annotations),
            links=[
                model.DashboardLink(
                    title=texts(key),
                    type_val=model.DashboardLinkType.LINK,
                    url=f"/d/{uid(key)}",
                    icon="dashboard",
                    include_vars=True,
                    keep_time=True,
                )
                for key in _ORDER
                if key != self.key
            ],
        )

    def _new_line(self) -> None:
        self._x, self._y, self._height = 0, self._y + self._height, 0

    def _choose(
        self, name: str, query: str, regex: str, *, many: bool, hidden: bool = False, label: str = ""
    ) -> None:
        everything = model.VariableOption(selected=True, text=[self.texts("all")], value=["$__all"])
        self._variables.append(
            model.VariableModel(
                type_val=model.VariableType.QUERY,
                name=name,
                label=self.texts(f"choose_{label or name}"),
                hide=model.VariableHide.HIDE_VARIABLE if hidden else model.VariableHide.DONT_HIDE,
                datasource=SOURCE,
                query={"query": query, "refId": name},
                regex=regex,
                refresh=model.VariableRefresh.ON_TIME_RANGE_CHANGED,
                sort=model.VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC,
                multi=many,
                include_all=many,
                all_value=".*" if many and name != "area" else None,
                current=everything if many else None,
            )
        )


def _source_variable(texts: Texts) -> model.VariableModel:
    return model.VariableModel(
        type_val=model.VariableType.DATASOURCE,
        name="datasource",
        label=texts("choose_datasource"),
        query="prometheus",
        hide=model.VariableHide.DONT_HIDE,
    )
