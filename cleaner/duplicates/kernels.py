"""The compiled loops over texts: UTF-8 to tokens, tokens to shingles, shingles to signatures; and exact counts of pairs.

Each works on plain arrays, holds no state, and lets other threads run meanwhile, so that threads can share a corpus. What
they compute is defined by plain.py, and for two texts by shingles.py, facts.py and compare.py, to which tests hold them. Importing this
module compiles them, see compiled.py; there it also says why they all stand in one file.

Texts come as `data` (UTF-8, one text after the other) and `offsets` (where each begins, and the end).
"""

from __future__ import annotations

import numpy as np
from numba import boolean, float64, int32, int64, types, uint32, uint64, void

from cleaner.duplicates.compiled import I64, TABLE, TEXT, U32, U64, Array, Number, compiled

__all__ = ["count_facts", "count_shared", "mix", "sketch_texts"]

_POINT_AND_NEXT = types.Tuple((uint32, int64))  # type: ignore[no-untyped-call]


@compiled(uint64(uint64))
def mix(value: Number) -> Number:
    """The 64-bit finalizer of MurmurHash3: every bit of the value stirs every bit of the result."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    value ^= value >> np.uint64(33)
    return value


@compiled(_POINT_AND_NEXT(TEXT, int64))
def decode(data: Array, at: int) -> tuple[Number, int]:
    """The code point that begins at a byte of UTF-8, and where the next one begins."""
    byte = np.uint32(data[at])
    if byte < 0x80:
        return byte, at + 1
    if byte < 0xE0:
        return (byte & 31) << 6 | (np.uint32(data[at + 1]) & 63), at + 2
    if byte < 0xF0:
        point = (byte & 15) << 12 | (np.uint32(data[at + 1]) & 63) << 6 | (np.uint32(data[at + 2]) & 63)
        return point, at + 3
    point = (byte & 7) << 18 | (np.uint32(data[at + 1]) & 63) << 12
    return point | (np.uint32(data[at + 2]) & 63) << 6 | (np.uint32(data[at + 3]) & 63), at + 4


@compiled(uint32(TABLE, uint32))
def look_up(table: Array, point: Number) -> Number:
    """The fold of a code point in the low 24 bits, and above it what it is: see `shingles.token_table`."""
    if point < 0x10000:
        return table[point]
    return point | np.uint32(2 if point < 0xE0000 else 3) << np.uint32(24)


@compiled(int64(TEXT, int64, int64, TABLE, U64))
def read_tokens(data: Array, start: int, stop: int, table: Array, tokens: Array) -> int:
    """Reads one text: its tokens go into `tokens`; their number."""
    count = 0
    in_run = False
    run = np.uint64(0)
    at = start
    while at < stop:
        point, at = decode(data, at)
        entry = look_up(table, point)
        kind = entry >> 24
        folded = np.uint64(entry & 0xFFFFFF)
        if not in_run and kind & 1 == 0:  # nearly all: a token of its own, or a break, written without asking which
            tokens[count] = folded
            count += kind == 2
        elif kind == 1:
            if not in_run:
                in_run = True
                run = np.uint64(0xCBF29CE484222325)
            run = (run ^ folded) * np.uint64(0x100000001B3)
        elif kind != 3:
            tokens[count] = mix(run)
            count += 1
            in_run = False
            if kind == 2:
                tokens[count] = folded
                count += 1
    if in_run:
        tokens[count] = mix(run)
        count += 1
    return count


@compiled(int64(TEXT, int64, int64, TABLE, U64))
def read_figures(data: Array, start: int, stop: int, table: Array, figures: Array) -> int:
    """Reads the figures of one text (see `facts.figures`) as hashes; their number."""
    number = 0
    in_figure = False
    figure = np.uint64(0)
    mark = np.uint32(0)  # the one character since the last digit of a figure
    gap = 0
    at = start
    while at < stop:
        point, at = decode(data, at)
        entry = look_up(table, point)
        kind = entry >> 24
        if kind == 3:
            continue
        digit = np.uint64(entry & 0xFFFFFF)
        if not (kind == 1 and 48 <= digit <= 57):
            gap += 1
            mark = point
            continue
        if gap == 1 and in_figure and (mark == 0x2E or mark == 0xFF0E):
            figure = (figure ^ np.uint64(0x2E)) * np.uint64(0x100000001B3)
        elif gap > 1 or (gap == 1 and mark != 0x2C) or not in_figure:
            if figure:
                figures[number] = mix(figure)
                number += 1
            figure = np.uint64(0)
        in_figure = True
        gap = 0
        if figure or digit != 48:  # zeros before a figure say nothing
            if not figure:
                figure = np.uint64(0xCBF29CE484222325)
            figure = (figure ^ digit) * np.uint64(0x100000001B3)
    if figure:
        figures[number] = mix(figure)
        number += 1
    return number


@compiled(int64(U64, int64, U64, U64))
def hash_shingles(tokens: Array, count: int, weights: Array, ids: Array) -> int:
    """The ids of a text's shingles, in order, into `ids`; their number. Fewer tokens than a shingle has make one shingle.

    An id is never 0.
    """
    if count == 0:
        return 0
    if count < 5:
        total = np.uint64(count)
        for place in range(count):
            total += tokens[place] * weights[place]
        ids[0] = max(mix(total), np.uint64(1))
        return 1
    w0, w1, w2, w3, w4 = weights[0], weights[1], weights[2], weights[3], weights[4]
    for at in range(count - 4):
        total = tokens[at] * w0 + tokens[at + 1] * w1 + tokens[at + 2] * w2 + tokens[at + 3] * w3 + tokens[at + 4] * w4
        ids[at] = max(mix(total), np.uint64(1))
    return count - 4


@compiled(void(U64, int64, U64))
def digest(tokens: Array, count: int, result: Array) -> None:
    """A 128-bit hash of tokens in their order, as two halves.

    Four tokens are taken at a time, each half with odd weights of its own: the multiplications of a step do not wait for one another.
    """
    first, second = np.uint64(count), np.uint64(count)
    whole = count - count % 4
    for at in range(0, whole, 4):
        one, two, three, four = tokens[at], tokens[at + 1], tokens[at + 2], tokens[at + 3]
        first += one * np.uint64(0x9E3779B97F4A7C15) + two * np.uint64(0xBF58476D1CE4E5B9)
        first += three * np.uint64(0x94D049BB133111EB) + four * np.uint64(0xD6E8FEB86659FD93)
        second += one * np.uint64(0xC2B2AE3D27D4EB4F) + two * np.uint64(0x165667B19E3779F9)
        second += three * np.uint64(0x27D4EB2F165667C5) + four * np.uint64(0x9FB21C651E98DF25)
        first = (first ^ first >> np.uint64(29)) * np.uint64(0xFF51AFD7ED558CCD)
        second = (second ^ second >> np.uint64(31)) * np.uint64(0xC4CEB9FE1A85EC53)
    for at in range(whole, count):
        first = (first ^ first >> np.uint64(29) ^ tokens[at]) * np.uint64(0xFF51AFD7ED558CCD)
        second = (second ^ second >> np.uint64(31) ^ tokens[at]) * np.uint64(0xC4CEB9FE1A85EC53)
    result[0] = mix(first)
    result[1] = mix(second)


@compiled(void(TEXT, I64, TABLE, U64, U32, U32, uint64, uint32[:, ::1], uint64[:, ::1], I64, U32, I64))
def sketch_texts(
    data: Array,
    offsets: Array,
    table: Array,
    weights: Array,
    multipliers: Array,
    addends: Array,
    sample_below: Number,
    signatures: Array,
    digests: Array,
    sizes: Array,
    samples: Array,
    sample_ends: Array,
) -> None:
    """Signature, digest, number of tokens and sampled shingles of each text.

    A shingle is sampled when its id is under `sample_below`; 32 other bits of its id go into `samples`, text after text, and
    `sample_ends` says where each text's end. A text without tokens has a signature of the highest values.
    """
    longest = 2  # no token is shorter than two bytes: a letter or digit and what ends its run
    for text in range(sizes.size):
        longest = max(longest, (offsets[text + 1] - offsets[text]) // 2 + 2)
    tokens = np.empty(longest, np.uint64)
    ids = np.empty(longest, np.uint64)
    hashes = np.empty(longest, np.uint32)
    sampled = 0
    for text in range(sizes.size):
        count = read_tokens(data, offsets[text], offsets[text + 1], table, tokens)
        sizes[text] = count
        digest(tokens, count, digests[text])
        number = hash_shingles(tokens, count, weights, ids)
        for at in range(number):
            value = np.uint32(ids[at] & np.uint64(0xFFFFFFFF))
            value ^= value >> np.uint32(16)
            value = np.uint32(value * np.uint32(0x85EBCA6B))
            value ^= value >> np.uint32(13)
            value = np.uint32(value * np.uint32(0xC2B2AE35))
            value ^= value >> np.uint32(16)
            hashes[at] = value
        for row in range(multipliers.size):
            multiplier, addend = multipliers[row], addends[row]
            least = np.uint32(0xFFFFFFFF)
            for at in range(number):
                least = min(least, np.uint32(np.uint32(multiplier * hashes[at]) + addend))
            signatures[text, row] = least
        if sample_below:
            for at in range(number):
                if ids[at] < sample_below:
                    samples[sampled] = np.uint32((ids[at] >> np.uint64(24)) & np.uint64(0xFFFFFFFF))
                    sampled += 1
        sample_ends[text] = sampled


@compiled(boolean(uint64))
def is_numeral(token: Number) -> Number:
    """Whether a token is one of 一二三四五六七八九十百零〇."""
    return (
        token == 0x4E00 or token == 0x4E8C or token == 0x4E09 or token == 0x56DB or token == 0x4E94 or token == 0x516D
        or token == 0x4E03 or token == 0x516B or token == 0x4E5D or token == 0x5341 or token == 0x767E
        or token == 0x96F6 or token == 0x3007
    )  # fmt: skip


@compiled(int64(U64, int64))
def sort_distinct(values: Array, count: int) -> int:
    """Sorts the first `count` values in place and moves the distinct ones to the front; their number."""
    values[:count].sort()
    number = 0
    for at in range(count):
        if at == 0 or values[at] != values[number - 1]:
            values[number] = values[at]
            number += 1
    return number


@compiled(int64(U64, int64, U64, int64))
def count_common(first: Array, first_count: int, second: Array, second_count: int) -> int:
    """How many values two sorted arrays of distinct values have in common."""
    common = one = other = 0
    if first_count > 32 * second_count:
        for at in range(second_count):
            one = np.searchsorted(first[:first_count], second[at])
            common += one < first_count and first[one] == second[at]
        return common
    while one < first_count and other < second_count:
        if first[one] == second[other]:
            common += 1
            one += 1
            other += 1
        elif first[one] < second[other]:
            one += 1
        else:
            other += 1
    return common


@compiled(int64(U64, int64, U64, int64))
def fill_slots(ids: Array, count: int, slots: Array, size: int) -> int:
    """Puts ids into the first `size` slots of an empty hash table (0 is free, `size` a power of two); how many are distinct."""
    mask = np.uint64(size - 1)
    number = 0
    for at in range(count):
        value = ids[at]
        slot = value & mask
        while slots[slot] != 0 and slots[slot] != value:
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] == 0:
            slots[slot] = value
            number += 1
    return number


@compiled(int64(U64, int64, U64))
def read_ordinals(tokens: Array, count: int, ordinals: Array) -> int:
    """The ordinals among tokens: a Chinese number after 第 or before 届 or 次, or a year of four characters; how many."""
    number = 0
    start = 0
    while start < count:
        stop = start
        value = np.uint64(0xCBF29CE484222325)
        while stop < count and is_numeral(tokens[stop]):
            value = (value ^ tokens[stop]) * np.uint64(0x100000001B3)
            stop += 1
        if stop > start:
            after = tokens[stop] if stop < count else np.uint64(0)
            if (
                (start > 0 and tokens[start - 1] == 0x7B2C)  # 第
                or after == 0x5C4A  # 届
                or after == 0x6B21  # 次
                or (stop - start == 4 and after == 0x5E74)  # 年
            ):
                ordinals[number] = mix(value)
                number += 1
        start = stop + 1
    return number


@compiled(uint32(U64, int64, U64))
def read_days(tokens: Array, count: int, day_tokens: Array) -> Number:
    """The days of a month among tokens, a bit each; `day_tokens` holds how each is written, with and without a zero before it."""
    found = np.uint32(0)
    for at in range(1, count):
        if tokens[at] == 0x65E5 and (at + 1 == count or tokens[at + 1] != 0x5185):  # 日, and not 日内
            for place in range(day_tokens.size):
                if tokens[at - 1] == day_tokens[place]:
                    found |= np.uint32(1) << np.uint32(place >> 1)
    return found


@compiled(void(U64, int64, U64))
def fill_terms(tokens: Array, count: int, slots: Array) -> None:
    """Puts the pairs of neighbouring tokens into an empty hash table; the last bit of each tells whether it stands there more than once."""
    mask = np.uint64(slots.size - 1)
    for at in range(count - 1):
        term = mix(tokens[at] * np.uint64(0x9E3779B97F4A7C15) + tokens[at + 1]) << np.uint64(2) | np.uint64(2)
        slot = (term >> np.uint64(2)) & mask
        while slots[slot] != 0 and slots[slot] & ~np.uint64(1) != term:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = term if slots[slot] == 0 else term | np.uint64(1)


@compiled(int64(U64, U64))
def count_own_terms(slots: Array, others: Array) -> int:
    """How many terms one text repeats and the other has not at all."""
    mask = np.uint64(others.size - 1)
    number = 0
    for at in range(slots.size):
        if slots[at] & np.uint64(1):
            term = slots[at] & ~np.uint64(1)
            slot = (term >> np.uint64(2)) & mask
            while others[slot] != 0 and others[slot] & ~np.uint64(1) != term:
                slot = (slot + np.uint64(1)) & mask
            number += others[slot] == 0
    return number


@compiled(int64(U64, U64, int64, int32[::1], int64))
def count_held(ids: Array, slots: Array, size: int, stamps: Array, stamp: int) -> int:
    """How many different ids the first `size` slots of a hash table hold. What was found is stamped; no other stamp may be the same."""
    mask = np.uint64(size - 1)
    number = 0
    for at in range(ids.size):
        value = ids[at]
        slot = value & mask
        while slots[slot] != 0 and slots[slot] != value:
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] == value and stamps[slot] != stamp:
            stamps[slot] = stamp
            number += 1
    return number


@compiled(void(U64, U64, int64, int32[::1], int32[::1]))
def index_places(ids: Array, slots: Array, size: int, heads: Array, nexts: Array) -> None:
    """Chains the places of each id, the last first: `heads` has that of each slot of a hash table, `nexts` the one before each place; -1 ends."""
    mask = np.uint64(size - 1)
    heads[:size] = -1
    for at in range(ids.size):
        slot = ids[at] & mask
        while slots[slot] != ids[at]:
            slot = (slot + np.uint64(1)) & mask
        nexts[at] = heads[slot]
        heads[slot] = at


@compiled(int64(U64, U64, int64, int32[::1], int64, int32[::1], int32[::1], int64, int32[::1]))
def count_in_window(
    short: Array,
    slots: Array,
    size: int,
    stamps: Array,
    stamp: int,
    heads: Array,
    nexts: Array,
    half: int,
    tallies: Array,
) -> int:
    """The most different ids of a short text that stand in one window of an indexed one: windows begin at every `half` of one.

    What both have must be stamped with `stamp`, and is not any more afterwards; `tallies` holds zeros, one for each window.
    """
    mask = np.uint64(size - 1)
    most = 0
    for at in range(short.size):
        slot = short[at] & mask
        while slots[slot] != 0 and slots[slot] != short[at]:
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] != short[at] or stamps[slot] != stamp:
            continue
        stamps[slot] = -1
        lowest = tallies.size  # the lowest window that this id was counted in: places come from the last to the first
        place = heads[slot]
        while place >= 0:
            for window in range(place // half, max(place // half - 2, -1), -1):
                if window < lowest:
                    lowest = window
                    tallies[window] += 1
                    most = max(most, tallies[window])
            place = nexts[place]
    return most


@compiled(void(TEXT, I64, TABLE, U64, U32, U32, float64, int64, int64, int32[:, ::1]))
def count_shared(
    data: Array,
    offsets: Array,
    table: Array,
    weights: Array,
    first: Array,
    second: Array,
    containment: float,
    much_longer: int,
    window: int,
    counts: Array,
) -> None:
    """For each pair of texts how many different shingles the one has, the other, and both; columns 0 to 2 of `counts`.

    And in column 3 those of both that stand together: where the first text has `much_longer` times the shingles of the second, the most that
    one window of it has, which is `window` times as long as the second; else all, as where all are less than `containment` of the
    second. The first text of a pair must be the longer one; pairs should be sorted by it, since it is read once.
    """
    texts = offsets.size - 1
    longest = 2
    starts = np.zeros(texts + 1, np.int64)
    for text in range(texts):
        room = (offsets[text + 1] - offsets[text]) // 2 + 2
        longest = max(longest, room)
        starts[text + 1] = starts[text] + room
    tokens = np.empty(longest, np.uint64)
    ids = np.empty(starts[texts], np.uint64)
    numbers = np.empty(texts, np.int64)
    distinct = np.full(texts, -1, np.int64)
    used = 0
    for text in range(texts):
        count = read_tokens(data, offsets[text], offsets[text + 1], table, tokens)
        starts[text] = used
        numbers[text] = hash_shingles(tokens, count, weights, ids[used:])
        used += numbers[text]
    slots = np.empty(0, np.uint64)
    stamps = np.empty(0, np.int32)
    heads, nexts, tallies = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int32)
    indexed = np.int64(-1)
    spare = np.zeros(4096, np.uint64)
    size = 0
    for pair in range(first.size):
        one, other = np.int64(first[pair]), np.int64(second[pair])
        if pair == 0 or first[pair] != first[pair - 1]:
            own = ids[starts[one] : starts[one] + numbers[one]]
            size = 16
            while size < 2 * own.size:
                size *= 2
            if slots.size < size:
                slots = np.zeros(size, np.uint64)
                stamps = np.full(size, -1, np.int32)
            else:
                slots[:size] = 0
            distinct[one] = fill_slots(own, own.size, slots, size)
        its = ids[starts[other] : starts[other] + numbers[other]]
        shared = count_held(its, slots, size, stamps, pair)
        if distinct[other] < 0:
            if 2 * its.size <= spare.size:
                spare[:] = 0
                distinct[other] = fill_slots(its, its.size, spare, spare.size)
            else:
                distinct[other] = sort_distinct(its.copy(), its.size)
        counts[pair, 0] = distinct[one]
        counts[pair, 1] = distinct[other]
        counts[pair, 2] = shared
        together = shared
        least = containment * min(distinct[one], distinct[other]) - 1
        if own.size >= much_longer * its.size and shared >= least:
            if indexed != one:
                if heads.size < size:
                    heads = np.empty(size, np.int32)
                if nexts.size < own.size:
                    nexts = np.empty(own.size, np.int32)
                index_places(own, slots, size, heads, nexts)
                indexed = one
            half = max(1, window * its.size // 2)
            if tallies.size < own.size // half + 1:
                tallies = np.empty(own.size // half + 1, np.int32)
            windows = tallies[: own.size // half + 1]
            windows[:] = 0
            together = count_in_window(its, slots, size, stamps, pair, heads, nexts, half, windows)
        counts[pair, 3] = together


@compiled(int64(int64))
def table_size(count: int) -> int:
    """The room of a hash table for so many entries, a power of two: half of it stays free."""
    size = 2
    while size < 2 * count:
        size *= 2
    return size


@compiled(void(TEXT, I64, TABLE, U64, U32, U32, float64, int32[:, ::1]))
def count_facts(
    data: Array,
    offsets: Array,
    table: Array,
    day_tokens: Array,
    first: Array,
    second: Array,
    same_length: float,
    counts: Array,
) -> None:
    """For each pair of texts the figures of the one, the other and both, and what each has of its own: into `counts`, columns 4 to 10.

    Columns 7 and 8 are ordinals that only the one or the other has (where the texts have days and none in common, one more), 9 and 10
    terms that it repeats and the other lacks; these are counted where columns 0 and 1 differ by a factor of up to `same_length`.
    Pairs should be sorted by their first text.
    """
    longest = 2
    for text in range(offsets.size - 1):
        longest = max(longest, (offsets[text + 1] - offsets[text]) // 2 + 2)
    tokens, tokens2 = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
    figures, figures2 = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
    ordinals, ordinals2 = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
    slots, slots2 = np.empty(2, np.uint64), np.empty(2, np.uint64)
    count = fa = oa = size = 0
    listed = np.int64(-1)
    da = np.uint32(0)
    for pair in range(first.size):
        one, other = np.int64(first[pair]), np.int64(second[pair])
        if pair == 0 or first[pair] != first[pair - 1]:
            count = read_tokens(data, offsets[one], offsets[one + 1], table, tokens)
            fa = sort_distinct(figures, read_figures(data, offsets[one], offsets[one + 1], table, figures))
            oa = sort_distinct(ordinals, read_ordinals(tokens, count, ordinals))
            da = read_days(tokens, count, day_tokens)
        count2 = read_tokens(data, offsets[other], offsets[other + 1], table, tokens2)
        fb = sort_distinct(figures2, read_figures(data, offsets[other], offsets[other + 1], table, figures2))
        ob = sort_distinct(ordinals2, read_ordinals(tokens2, count2, ordinals2))
        db = read_days(tokens2, count2, day_tokens)
        other_days = np.int64(da != 0 and db != 0 and da & db == 0)
        counts[pair, 4] = fa
        counts[pair, 5] = fb
        counts[pair, 6] = count_common(figures, fa, figures2, fb)
        common = count_common(ordinals, oa, ordinals2, ob)
        counts[pair, 7] = oa - common + other_days
        counts[pair, 8] = ob - common + other_days
        one_size, other_size = counts[pair, 0], counts[pair, 1]
        if max(one_size, other_size) > same_length * min(one_size, other_size):
            continue
        if listed != one:
            size = table_size(count)
            if slots.size < size:
                slots = np.empty(size, np.uint64)
            slots[:size] = 0
            fill_terms(tokens, count, slots[:size])
            listed = one
        size2 = table_size(count2)
        if slots2.size < size2:
            slots2 = np.empty(size2, np.uint64)
        slots2[:size2] = 0
        fill_terms(tokens2, count2, slots2[:size2])
        counts[pair, 9] = count_own_terms(slots[:size], slots2[:size2])
        counts[pair, 10] = count_own_terms(slots2[:size2], slots[:size])
