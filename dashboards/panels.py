"""Panels of every kind in use, as the SDK's values; positions and ids are the board's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import prometheus

from dashboards.colours import PLAIN

SOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
SITE_LINK = "/d/haidang-site?var-device=${__field.labels.instance}"


@dataclass(frozen=True, kw_only=True)
class Query:
    """One question to Prometheus. `legend` as Grafana has it; `table` wants the latest values as rows."""

    expr: str
    legend: str = ""
    instant: bool = False
    table: bool = False

    def target(self, ref: str) -> prometheus.Dataquery:
        """Return it as the SDK has it."""
        instant = self.instant or self.table
        kind = prometheus.PromQueryFormat.TABLE if self.table else prometheus.PromQueryFormat.TIME_SERIES
        return prometheus.Dataquery(
            expr=self.expr,
            legend_format=self.legend or None,
            instant=instant,
            range_val=not instant,
            format_val=kind,
            ref_id=ref,
            datasource=SOURCE,
        )


@dataclass(frozen=True, kw_only=True)
class Look:
    """How values are shown. `links` are (title's key, address)."""

    unit: str = "short"
    decimals: int | None = None
    least: float | None = None
    most: float | None = None
    thresholds: model.ThresholdsConfig = PLAIN
    mappings: list[model.ValueMapping] = field(default_factory=list)
    by_threshold: bool = True
    no_value: str = "–"
    link: tuple[str, str] | None = None


Override = tuple[str, dict[str, object]]
"""A field by its name, and properties that differ there."""


def panel(
    kind: str,
    queries: list[Query],
    look: Look,
    *,
    options: object = None,
    custom: object = None,
    overrides: list[Override] | None = None,
    transformations: list[tuple[str, object]] | None = None,
) -> model.Panel:
    """Return a panel of a kind."""
    mode = model.FieldColorModeId.THRESHOLDS if look.by_threshold else model.FieldColorModeId.PALETTE_CLASSIC
    links = None
    if look.link is not None:
        links = [
            model.DashboardLink(title=look.link[0], url=look.link[1], type_val=model.DashboardLinkType.LINK)
        ]
    defaults = model.FieldConfig(
        unit=look.unit,
        decimals=look.decimals,
        min_val=look.least,
        max_val=look.most,
        thresholds=look.thresholds,
        mappings=look.mappings,
        color=model.FieldColor(mode=mode),
        no_value=look.no_value,
        links=links,
        custom=custom,
    )
    return model.Panel(
        type_val=kind,
        datasource=SOURCE,
        targets=[query.target(chr(ord("A") + at)) for at, query in enumerate(queries)],
        field_config=model.FieldConfigSource(
            defaults=defaults, overrides=[_override(one) for one in overrides or []]
        ),
        options=options,
        transformations=[
            model.DataTransformerConfig(id_val=name, options=of) for name, of in transformations or []
        ],
    )


def stat(
    queries: list[Query],
    look: Look,
    *,
    coloured: bool = False,
    spark: bool = False,
    first: model.ThresholdsConfig | None = None,
) -> model.Panel:
    """Return large figures; `first` are thresholds of the first one alone.

    Without a curve behind them they are asked about this moment alone: what is no longer known is not shown.
    """
    options = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "orientation": "auto",
        "textMode": "auto" if len(queries) == 1 else "value_and_name",
        "colorMode": "background" if coloured else "value",
        "graphMode": "area" if spark else "none",
        "justifyMode": "center",
    }
    overrides: list[Override] = [] if first is None else [(queries[0].legend, {"thresholds": first})]
    asked = queries if spark else [replace(query, instant=True) for query in queries]
    return panel("stat", asked, look, options=options, overrides=overrides)


def tiles(query: Query, look: Look) -> model.Panel:
    """Return a coloured tile for each series, without text: what it is stands in its tooltip and link."""
    options = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "orientation": "auto",
        "textMode": "none",
        "colorMode": "background",
        "graphMode": "none",
        "justifyMode": "center",
    }
    return panel("stat", [query], look, options=options)


def lines(
    queries: list[Query],
    look: Look,
    *,
    fill: int = 8,
    stacked: bool = False,
    limit: bool = False,
    table_legend: bool = True,
    overrides: list[Override] | None = None,
) -> model.Panel:
    """Return curves over time; `limit` draws the thresholds as lines."""
    custom = {
        "drawStyle": "line",
        "lineWidth": 2,
        "fillOpacity": fill,
        "showPoints": "never",
        "spanNulls": False,
        "lineInterpolation": "linear",
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "thresholdsStyle": {"mode": "line" if limit else "off"},
        "axisSoftMin": 0,
    }
    options = {
        "legend": {
            "showLegend": True,
            "displayMode": "table" if table_legend else "list",
            "placement": "bottom",
            "calcs": ["mean", "max", "lastNotNull"] if table_legend else [],
        },
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    return panel("timeseries", queries, look, options=options, custom=custom, overrides=overrides)


def states(query: Query, look: Look) -> model.Panel:
    """Return states over time, a row a series."""
    options = {
        "mergeValues": True,
        "showValue": "never",
        "alignValue": "left",
        "rowHeight": 0.8,
        "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom"},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    custom = {"lineWidth": 0, "fillOpacity": 90}
    return panel("state-timeline", [query], look, options=options, custom=custom)


def bars(query: Query, look: Look) -> model.Panel:
    """Return a horizontal bar for each series, in the order that the query gives."""
    options = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "orientation": "horizontal",
        "displayMode": "basic",
        "showUnfilled": True,
        "minVizWidth": 0,
        "minVizHeight": 10,
    }
    return panel("bargauge", [query], look, options=options)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table: the field it comes from, its heading, and how its values are shown."""

    source: str
    title: str
    unit: str = ""
    decimals: int | None = None
    thresholds: model.ThresholdsConfig | None = None
    mappings: list[model.ValueMapping] | None = None
    link: tuple[str, str] | None = None
    width: int | None = None
    bar: bool = False


def table(
    queries: list[Query], columns: list[Column], *, by: str, sort: str, down: bool = True
) -> model.Panel:
    """Return rows joined by a label; only the columns named are shown, in their order."""
    order = {column.source: at for at, column in enumerate(columns)}
    renamed = {column.source: column.title for column in columns}
    transformations: list[tuple[str, object]] = []
    if len(queries) > 1:
        transformations.append(("joinByField", {"byField": by, "mode": "outer"}))
    hidden = {f"Time {at}": True for at in range(1, len(queries) + 1)} | {"Time": True}
    transformations.append(
        ("organize", {"excludeByName": hidden, "indexByName": order, "renameByName": renamed})
    )
    transformations.append(("filterFieldsByName", {"include": {"names": list(renamed.values())}}))
    options = {
        "showHeader": True,
        "cellHeight": "sm",
        "footer": {"show": False, "reducer": ["sum"], "countRows": False, "fields": ""},
        "sortBy": [{"displayName": sort, "desc": down}],
    }
    overrides = [(column.title, _properties(column)) for column in columns if _properties(column)]
    return panel(
        "table",
        queries,
        Look(),
        options=options,
        custom={"align": "auto", "filterable": False},
        overrides=overrides,
        transformations=transformations,
    )


def _properties(column: Column) -> dict[str, object]:
    found: dict[str, object] = {}
    if column.unit:
        found["unit"] = column.unit
    if column.decimals is not None:
        found["decimals"] = column.decimals
    if column.mappings is not None:
        found["mappings"] = column.mappings
    if column.width is not None:
        found["custom.width"] = column.width
    if column.link is not None:
        found["links"] = [{"title": column.link[0], "url": column.link[1]}]
    if column.thresholds is not None:
        found["thresholds"] = column.thresholds
    if column.thresholds is not None or column.mappings is not None:
        # The name up to 9.4 and the one since: each ignores the other's.
        found["custom.displayMode"] = "basic" if column.bar else "color-text"
        cell = {"type": "gauge", "mode": "basic"} if column.bar else {"type": "color-text"}
        found["custom.cellOptions"] = cell
    return found


def _override(one: Override) -> model.DashboardFieldConfigSourceOverrides:
    name, properties = one
    return model.DashboardFieldConfigSourceOverrides(
        matcher=model.MatcherConfig(id_val="byName", options=name),
        properties=[model.DynamicConfigValue(id_val=key, value=value) for key, value in properties.items()],
    )
