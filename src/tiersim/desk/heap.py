"""What comes next: a binary heap of happenings, and a pairing heap of waiting pieces for each team.

A happening is one whole number, so that the order of a second (kind, then job) is the order of numbers.
Pairing heaps: Fredman, Sedgewick, Sleator & Tarjan, Algorithmica 1 (1986). All of them share one array of
nodes, one row a job, so that a piece in the middle of a line can leave it.
"""

import numpy as np

from tiersim.kernel import inline_kernel, kernel

DONE, CLOSE, OPEN, DROP, READY, MOVE = range(6)
"""Kinds of happening, in the order in which those of one second are handled."""

KIND_SHIFT, TIME_SHIFT = 28, 31
MOST_JOBS = 1 << KIND_SHIFT
LAST_SECOND = (1 << 32) - 1
"""Second that stands for this one and all that come after it: 136 years."""

NO_EVENT = (1 << 63) - 1
ID_MASK = MOST_JOBS - 1
KIND_MASK = 7

KEY, CHILD, NEXT, PREVIOUS = range(4)
"""Columns of a node (int64). PREVIOUS: the sibling before, or the parent of a first child; -1: none."""
NODE = 4

RANK_SHIFT, BAND_SHIFT = 32, 42
MOST_RANK = (1 << (BAND_SHIFT - RANK_SHIFT)) - 1


@inline_kernel
def packed(second, kind, number):  # type: ignore[no-untyped-def]
    """A happening as one int64: second, kind, number of the job or span."""
    t = np.int64(min(second, LAST_SECOND))
    return (t << TIME_SHIFT) | (kind << KIND_SHIFT) | np.int64(number)


@inline_kernel
def waiting_key(band, rank, since):  # type: ignore[no-untyped-def]
    """Place in the line of a team, smallest first; equal keys go by number of the job."""
    return (np.int64(band) << BAND_SHIFT) | (np.int64(rank) << RANK_SHIFT) | np.int64(since)


@kernel
def add_event(heap, size, event):  # type: ignore[no-untyped-def]
    """Put `event` into the `size` first places of `heap`; the caller counts."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap[above] <= event:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = event


@kernel
def take_event(heap, size):  # type: ignore[no-untyped-def]
    """The smallest of `size` events, which leaves the heap; the caller counts."""
    first = heap[0]
    last = heap[size - 1]
    size -= 1
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= last:
            break
        heap[at] = heap[below]
        at = below
    if size > 0:
        heap[at] = last
    return first


@inline_kernel
def goes_before(node, a, b):  # type: ignore[no-untyped-def]
    """Whether piece `a` is taken before piece `b`."""
    return node[a, KEY] < node[b, KEY] or (node[a, KEY] == node[b, KEY] and a < b)


@inline_kernel
def _meld(node, a, b):  # type: ignore[no-untyped-def]
    """Root of two heaps joined; both exist and stand alone."""
    if goes_before(node, b, a):
        a, b = b, a
    first = node[a, CHILD]
    node[b, NEXT] = first
    if first >= 0:
        node[first, PREVIOUS] = b
    node[b, PREVIOUS] = a
    node[a, CHILD] = b
    return a


@kernel
def _gather(node, first):  # type: ignore[no-untyped-def]
    """Root of one heap made of `first` and its siblings: in pairs from the left, then all from the right."""
    stack, a = -1, first
    while a >= 0:
        b = node[a, NEXT]
        if b < 0:
            node[a, NEXT] = stack
            stack = a
            break
        rest = node[b, NEXT]
        pair = _meld(node, a, b)
        node[pair, NEXT] = stack
        stack = pair
        a = rest
    root = stack
    stack = node[root, NEXT]
    while stack >= 0:
        rest = node[stack, NEXT]
        root = _meld(node, root, stack)
        stack = rest
    node[root, NEXT] = -1
    node[root, PREVIOUS] = -1
    return root


@inline_kernel
def add_piece(node, root, job, key):  # type: ignore[no-untyped-def]
    """New root of the heap of `root` (-1: empty) with `job` in it."""
    node[job, KEY] = key
    node[job, CHILD] = -1
    node[job, NEXT] = -1
    node[job, PREVIOUS] = -1
    return job if root < 0 else _meld(node, root, job)


@inline_kernel
def take_piece(node, root):  # type: ignore[no-untyped-def]
    """New root (-1: empty) when the piece at `root` has left."""
    first = node[root, CHILD]
    node[root, CHILD] = -1
    return -1 if first < 0 else _gather(node, first)


@kernel
def remove_piece(node, root, job):  # type: ignore[no-untyped-def]
    """New root (-1: empty) when `job`, anywhere in the heap, has left."""
    if job == root:
        return take_piece(node, root)
    before, after = node[job, PREVIOUS], node[job, NEXT]
    if node[before, CHILD] == job:
        node[before, CHILD] = after
    else:
        node[before, NEXT] = after
    if after >= 0:
        node[after, PREVIOUS] = before
    node[job, NEXT] = -1
    node[job, PREVIOUS] = -1
    rest = take_piece(node, job)
    return root if rest < 0 else _meld(node, root, rest)
