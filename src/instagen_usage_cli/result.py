"""What a query gives back: plain columns and plain rows, importing nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Column:
    """One column: its glossary name and its DuckDB type, such as `BIGINT`."""

    name: str
    type: str


@dataclass(frozen=True)
class Result:
    """Columns and rows in order; a row has one plain value (or None = unknown) per column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)

    def records(self) -> list[dict[str, Any]]:
        """Each row as a dict by column name."""
        names = self.names
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def value(self) -> Any:  # noqa: ANN401 - a database value has any type
        """The only value of a one-row, one-column result, or None when there is no row."""
        return self.rows[0][0] if self.rows else None

    def column(self, name: str) -> list[Any]:
        """The values of one column, row by row."""
        place = self.names.index(name)
        return [row[place] for row in self.rows]

    def only(self, *names: str) -> Result:
        """The same rows with just the named columns, in that order."""
        places = [self.names.index(name) for name in names]
        rows = tuple(tuple(row[place] for place in places) for row in self.rows)
        return replace(self, columns=tuple(self.columns[place] for place in places), rows=rows)

    def where(self, name: str, value: object) -> Result:
        """The rows whose column `name` equals `value`."""
        place = self.names.index(name)
        return replace(self, rows=tuple(row for row in self.rows if row[place] == value))

    def renamed(self, name: str, new: str) -> Result:
        """The same with another name for one column."""
        columns = (replace(column, name=new) if column.name == name else column for column in self.columns)
        return replace(self, columns=tuple(columns))
