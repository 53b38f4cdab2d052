"""Which pairs of entries belong together: the assignment with the greatest sum of `similarity − threshold`.

The threshold is inside the sum on purpose: summing plain similarities prefers two mediocre pairs to one good one.
Solved apart for each group of entries that are connected at all; small groups exactly by dynamic programming over
subsets, larger ones by scipy (imported only then).
"""

from __future__ import annotations

from collections.abc import Mapping

Pair = tuple[int, int]

SMALL = 8
"""Up to this many entries on the smaller side of a group, subsets are tried."""
_BONUS = 1e-9
"""A pair exactly at the threshold is a pair."""


def groups(edges: Mapping[Pair, float]) -> list[list[Pair]]:
    """Edges by connected component, each in the order of the edges."""
    leader: dict[tuple[bool, int], tuple[bool, int]] = {}

    def find(node: tuple[bool, int]) -> tuple[bool, int]:
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for row, column in edges:
        one, other = (False, row), (True, column)
        leader.setdefault(one, one)
        leader.setdefault(other, other)
        leader[find(one)] = find(other)
    grouped: dict[tuple[bool, int], list[Pair]] = {}
    for edge in edges:
        grouped.setdefault(find((False, edge[0])), []).append(edge)
    return list(grouped.values())


def best_pairs(edges: Mapping[Pair, float]) -> list[Pair]:
    """The one-to-one pairs among `edges` whose weights (each ≥ 0) sum to the most; sorted.

    Where several are best, the first found in the order of rows and columns is taken.
    """
    pairs: list[Pair] = []
    for group in groups(edges):
        if len(group) == 1:
            pairs.append(group[0])
            continue
        rows, columns = {row for row, _ in group}, {column for _, column in group}
        weights = {edge: edges[edge] for edge in group}
        pairs.extend(by_subsets(weights) if min(len(rows), len(columns)) <= SMALL else by_scipy(weights))
    return sorted(pairs)


def by_subsets(weights: Mapping[Pair, float]) -> list[Pair]:
    """Exact, for groups with a small side."""
    if len({row for row, _ in weights}) < len({column for _, column in weights}):
        return sorted((row, column) for column, row in by_subsets({(c, r): w for (r, c), w in weights.items()}))
    columns = {column: index for index, column in enumerate(sorted({column for _, column in weights}))}
    by_row: dict[int, list[Pair]] = {}
    for row, column in sorted(weights):
        by_row.setdefault(row, []).append((row, column))
    # Best sum for each set of used columns, with the pairs that make it.
    best: dict[int, tuple[float, tuple[Pair, ...]]] = {0: (0.0, ())}
    for edges in by_row.values():
        following = dict(best)
        for used, (total, chosen) in best.items():
            for edge in edges:
                bit = 1 << columns[edge[1]]
                if used & bit:
                    continue
                sum_now = total + weights[edge] + _BONUS
                if used | bit not in following or sum_now > following[used | bit][0]:
                    following[used | bit] = (sum_now, (*chosen, edge))
        best = following
    return list(max(best.values(), key=lambda found: found[0])[1])


def by_scipy(weights: Mapping[Pair, float]) -> list[Pair]:
    """Exact, for groups of any size."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows, columns = sorted({row for row, _ in weights}), sorted({column for _, column in weights})
    row_at, column_at = {row: i for i, row in enumerate(rows)}, {column: i for i, column in enumerate(columns)}
    matrix = np.zeros((len(rows), len(columns)))
    for (row, column), weight in weights.items():
        matrix[row_at[row], column_at[column]] = weight + _BONUS
    chosen_rows, chosen_columns = linear_sum_assignment(matrix, maximize=True)
    chosen = ((rows[int(r)], columns[int(c)]) for r, c in zip(chosen_rows, chosen_columns, strict=True))
    return [pair for pair in chosen if pair in weights]
