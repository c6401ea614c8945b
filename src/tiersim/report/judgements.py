"""Filling in comparisons in a notebook: a slider for each pair, weights and consistency, YAML to paste (T3).

    from tiersim.report.judgements import judge
    judge(["value", "potential", "relationship"], expert="sales")

What is judged and what follows from it (`Judging`) knows nothing of sliders; ipywidgets is imported only to
show them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import combinations
from typing import Any

import numpy as np

from tiersim.report.errors import ReportError
from tiersim.scenario.comparing import OVER, parts_apart
from tiersim.scenario.pairwise import Floats, said
from tiersim.scenario.priorities import Method, Priorities, priorities
from tiersim.scenario.random_index import RandomIndex
from tiersim.scenario.write import to_yaml

STEPS = range(-8, 9)
"""Positions of a slider: 0 is equal, 8 the first item 9 times, -8 the second item 9 times."""


def judgement(step: int) -> float:
    """The judgement of a slider's position: -8 is 1/9, 0 is 1, 8 is 9."""
    return float(step + 1) if step >= 0 else 1 / (1 - step)


@dataclass
class Judging:
    """Comparisons of one expert while they are being made.

    Parameters
    ----------
    items : what is compared, at least two.
    at : place in the section of comparisons: ``dimensions`` or ``within.value``, ...
    expert : name under which the comparisons stand in the scenario.
    steps : position of each pair's slider (see `STEPS`), or ``None`` where the pair is left out.
    """

    items: tuple[str, ...]
    at: str = "dimensions"
    expert: str = "expert"
    method: Method = "eigenvector"
    index: RandomIndex = "saaty"
    limit: float = 0.10
    steps: dict[tuple[str, str], int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.items = tuple(self.items)
        if len(self.items) < 2 or len(set(self.items)) < len(self.items):
            raise ReportError("comparisons need at least two items, each named once")
        pairs = list(combinations(self.items, 2))
        for pair, step in self.steps.items():
            if pair not in pairs:
                raise ReportError(f"{pair} is no pair of the items, in their order: {pairs}")
            if step is not None and step not in STEPS:
                raise ReportError(f"{pair}: a slider stands from {STEPS[0]} to {STEPS[-1]}, not at {step}")
        self.steps = {pair: self.steps.get(pair, 0) for pair in pairs}

    def matrix(self) -> Floats:
        """What was judged, shape (n, n); nan where a pair is left out."""
        matrix = np.full((len(self.items),) * 2, np.nan)
        np.fill_diagonal(matrix, 1.0)
        for (first, second), step in self.steps.items():
            if step is not None:
                i, j = self.items.index(first), self.items.index(second)
                matrix[i, j], matrix[j, i] = judgement(step), 1 / judgement(step)
        return matrix

    def priorities(self) -> Priorities | None:
        """Weights and consistency; ``None`` as long as the pairs do not join all items."""
        if parts_apart(self.items, self.matrix()) is not None:
            return None
        return priorities(self.matrix(), self.method, items=self.items, index=self.index)

    def remark(self) -> str:
        """What to do next, in one sentence."""
        found = self.priorities()
        if found is None:
            return f"Not enough yet: {parts_apart(self.items, self.matrix())}."
        text = f"Consistency ratio {found.consistency_ratio:.3f}"
        if found.gaps:
            text += f" with {found.gaps} of {len(self.steps)} pairs left out, so it reads low"
        if found.consistency_ratio <= self.limit:
            return f"{text}: accepted (up to {self.limit:g})."
        why = found.contradiction or "no three items are all compared; look at the pairs one by one"
        return f"{text}: above {self.limit:g}. Look at {why}."

    def yaml(self) -> str:
        """The comparisons as they stand in a scenario; the larger side of each pair first."""
        pairs = {}
        for (first, second), step in self.steps.items():
            if step is not None:
                over = (first, second) if step >= 0 else (second, first)
                pairs[OVER.join(over)] = abs(step) + 1
        tree: dict[str, Any] = {"items": list(self.items), "experts": {self.expert: {"pairs": pairs}}}
        for key in reversed(["rating", "ahp", *self.at.split(".")]):
            tree = {key: tree}
        return to_yaml(tree)

    def html(self) -> str:
        """Weights with bars, and the remark; names are escaped."""
        found = self.priorities()
        rows = ""
        if found is not None:
            for name, weight in zip(self.items, found.weights, strict=True):
                bar = f'<div style="background:#777;height:0.8em;width:{100 * weight:.1f}%"></div>'
                rows += (
                    f"<tr><td>{escape(name)}</td><td>{weight:.3f}</td><td style='width:12em'>{bar}</td></tr>"
                )
        table = f"<table>{rows}</table>" if rows else ""
        return f"{table}<p>{escape(self.remark())}</p>"


def judge(items: Sequence[str], **settings: Any) -> JudgementWidget:
    """A grid of sliders for the comparisons of `items`; the last line of a notebook cell shows it.

    Parameters
    ----------
    settings : fields of `Judging`: at, expert, method, index, limit, steps.

    Raises
    ------
    ReportError : ipywidgets is not installed, or the items cannot be compared.
    """
    return JudgementWidget(Judging(tuple(items), **settings))


class JudgementWidget:
    """Sliders over a `Judging`; ``.state`` holds what was judged, ``.box`` is the ipywidgets container."""

    def __init__(self, state: Judging) -> None:
        try:
            import ipywidgets
        except ImportError as error:
            raise ReportError("the judgement grid needs ipywidgets: pip install 'tiersim[lab]'") from error
        self.state = state
        self.sliders: dict[tuple[str, str], Any] = {}
        self.ticks: dict[tuple[str, str], Any] = {}
        rows = [self._row(ipywidgets, pair) for pair in state.steps]
        self.shown = ipywidgets.HTML()
        self.text = ipywidgets.Textarea(layout=ipywidgets.Layout(width="32em", height="14em"))
        self.box = ipywidgets.VBox([*rows, self.shown, self.text])
        self._renew()

    def _row(self, ipywidgets: Any, pair: tuple[str, str]) -> Any:
        first, second = pair
        step = self.state.steps[pair]
        # The second item stands left, so that moving towards a name favours it.
        options = [(_label(first, second, step), step) for step in STEPS]
        self.sliders[pair] = ipywidgets.SelectionSlider(
            options=options,
            value=step or 0,
            disabled=step is None,
            continuous_update=False,
            layout=ipywidgets.Layout(width="36em"),
        )
        self.ticks[pair] = ipywidgets.Checkbox(value=step is not None, description="compared", indent=False)
        self.sliders[pair].observe(self._changed(pair), names="value")
        self.ticks[pair].observe(self._changed(pair), names="value")
        names = [ipywidgets.Label(name) for name in (second, first)]
        return ipywidgets.HBox([names[0], self.sliders[pair], names[1], self.ticks[pair]])

    def _changed(self, pair: tuple[str, str]) -> Callable[[Any], None]:
        def changed(_: Any) -> None:
            ticked = bool(self.ticks[pair].value)
            self.sliders[pair].disabled = not ticked
            self.state.steps[pair] = int(self.sliders[pair].value) if ticked else None
            self._renew()

        return changed

    def _renew(self) -> None:
        self.shown.value = self.state.html()
        self.text.value = self.state.yaml()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)


def _label(first: str, second: str, step: int) -> str:
    if step == 0:
        return "equal"
    over = (first, second) if step > 0 else (second, first)
    return f"{over[0]}{OVER}{over[1]} {said(abs(step) + 1)}"
