"""Says in an administrator's words why a text is not YAML: the usual cause, and the line it is on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A position in the text; both numbers count from 0, as YAML libraries count."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Why a parser stopped, in its own words; `began` is where the construct began that it was in."""

    context: str
    problem: str
    mark: Mark
    began: Mark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The likely cause of a complaint; `line` counts from 1."""

    line: int
    message: str
    advice: str


def explain(text: str, complaint: Complaint) -> Cause:
    """Return the likely cause of a parser's complaint.

    No more of the text is repeated than one sign: it may hold a secret.
    """
    lines = text.splitlines()
    for cause in _CAUSES:
        found = cause(lines, complaint)
        if found is not None:
            return found
    return _misfit(complaint)


def _line(lines: list[str], mark: Mark) -> str:
    return lines[mark.line] if mark.line < len(lines) else ""


def _tab(lines: list[str], complaint: Complaint) -> Cause | None:
    line = _line(lines, complaint.mark)
    if "\t" not in line[: len(line) - len(line.lstrip())]:
        return None
    return Cause(
        line=complaint.mark.line + 1, message="a tab indents this line", advice="indent with spaces only"
    )


def _no_break_space(lines: list[str], complaint: Complaint) -> Cause | None:
    # A key behind such a space runs on into the next line, where the parser then stops.
    suspects = range(max(complaint.mark.line - 1, 0), complaint.mark.line + 1)
    number = next((index for index in suspects if "\u00a0" in "".join(lines[index : index + 1])), None)
    if number is None:
        return None
    return Cause(
        line=number + 1,
        message="a no-break space stands on this line, which only looks like a space",
        advice="replace it by an ordinary space",
    )


def _open_quote(_: list[str], complaint: Complaint) -> Cause | None:
    if (
        "quoted scalar" not in complaint.context
        or "end of stream" not in complaint.problem
        or not complaint.began
    ):
        return None
    return Cause(
        line=complaint.began.line + 1,
        message="a quote is opened on this line and never closed",
        advice="close the text with the same quote it begins with",
    )


def _stray_colon(lines: list[str], complaint: Complaint) -> Cause | None:
    if "mapping values are not allowed" not in complaint.problem:
        return None
    if ": " in _line(lines, complaint.mark)[: complaint.mark.column]:
        return Cause(
            line=complaint.mark.line + 1,
            message="a second colon on this line",
            advice="put the text after the first colon in quotes",
        )
    return Cause(
        line=complaint.mark.line + 1,
        message="this line is indented deeper than the line above allows",
        advice="align it with the line above, or end that line with a colon",
    )


def _missing_colon(_: list[str], complaint: Complaint) -> Cause | None:
    if "could not find expected ':'" not in complaint.problem:
        return None
    return Cause(
        line=(complaint.began or complaint.mark).line + 1,
        message="a key without its colon, or a text that runs on from the line above",
        advice='write "key: value" with a space after the colon; indent a text that goes on',
    )


def _forbidden_start(lines: list[str], complaint: Complaint) -> Cause | None:
    start = _line(lines, complaint.mark)[complaint.mark.column :][:1]
    if "cannot start any token" not in complaint.problem or not start:
        return None
    return Cause(
        line=complaint.mark.line + 1,
        message=f'a text cannot begin with "{start}"',
        advice="put the text in quotes",
    )


def _escape(_: list[str], complaint: Complaint) -> Cause | None:
    if "unknown escape" not in complaint.problem:
        return None
    return Cause(
        line=complaint.mark.line + 1,
        message="a backslash in double quotes begins an escape, and this is none",
        advice="put the text in single quotes, or write two backslashes",
    )


def _open_bracket(lines: list[str], complaint: Complaint) -> Cause | None:
    if "flow" not in complaint.context or complaint.began is None:
        return None
    bracket = _line(lines, complaint.began)[complaint.began.column :][:1]
    closing = {"[": "]", "{": "}"}.get(bracket)
    if closing is None:
        return Cause(
            line=complaint.began.line + 1,
            message="a bracket opened on this line or above is not closed",
            advice='close every "[" and "{", and separate what is inside by commas',
        )
    return Cause(
        line=complaint.began.line + 1,
        message=f'"{bracket}" is opened on this line and not closed, or a comma is missing after it',
        advice=f'close it with "{closing}", and separate what is inside by commas',
    )


def _misfit(complaint: Complaint) -> Cause:
    here, began = complaint.mark.line + 1, complaint.began
    if began is not None and ("block collection" in complaint.context or "block seq" in complaint.context):
        return Cause(
            line=here,
            message=f"this line breaks off the list that begins on line {began.line + 1}",
            advice='begin it with "- ", or align it with the key it belongs beside',
        )
    if began is not None and "block mapping" in complaint.context:
        return Cause(
            line=here,
            message=f"this line does not fit the block that begins on line {began.line + 1}",
            advice="align it with the keys it belongs to, and check quotes and brackets just above",
        )
    return Cause(
        line=here,
        message=f"is not valid YAML: {complaint.problem}",
        advice="check quotes, colons and indentation of this line and the one above",
    )


_CAUSES = (
    _tab,
    _no_break_space,
    _open_quote,
    _stray_colon,
    _missing_colon,
    _forbidden_start,
    _escape,
    _open_bracket,
)
