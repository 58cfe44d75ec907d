"""Measures written from their definitions, to hold the tools behind ir_measures against.

A ranking is a list of document ids, best first; grades are a mapping of judged documents. As in
trec_eval, a grade below zero means "not judged" to Bpref, infAP and ``judged_only``, and "not
relevant" to everything else; a query without relevant documents has zero.
"""

from __future__ import annotations

import math
from fractions import Fraction


def relevant(ranking, grades, rel=1):
    return [grades.get(doc, 0) >= rel for doc in ranking]


def number_relevant(grades, rel=1):
    return sum(grade >= rel for grade in grades.values())


def only_judged(ranking, grades):
    return [doc for doc in ranking if grades.get(doc, -1) >= 0]


def precision(ranking, grades, k, rel=1):
    return sum(relevant(ranking, grades, rel)[:k]) / k


def recall(ranking, grades, k, rel=1):
    total = number_relevant(grades, rel)
    return sum(relevant(ranking, grades, rel)[:k]) / total if total else 0.0


def success(ranking, grades, k, rel=1):
    return float(any(relevant(ranking, grades, rel)[:k]))


def reciprocal_rank(ranking, grades, k=None, rel=1):
    hits = relevant(ranking, grades, rel)[:k]
    return 1 / (hits.index(True) + 1) if any(hits) else 0.0


def average_precision(ranking, grades, k=None, rel=1):
    total = number_relevant(grades, rel)
    hits = relevant(ranking, grades, rel)[:k]
    found = [Fraction(sum(hits[: i + 1]), i + 1) for i, hit in enumerate(hits) if hit]
    return float(sum(found) / total) if total else 0.0


def r_precision(ranking, grades, rel=1):
    total = number_relevant(grades, rel)
    return precision(ranking, grades, total, rel) if total else 0.0


def _dcg(gains):
    return math.fsum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def ndcg(ranking, grades, k=None, gain=lambda grade: grade):
    gains = {doc: max(0, gain(grade)) for doc, grade in grades.items()}
    ideal = _dcg(sorted(gains.values(), reverse=True)[:k])
    return _dcg([gains.get(doc, 0) for doc in ranking][:k]) / ideal if ideal else 0.0


def exponential_ndcg(ranking, grades, k):
    return ndcg(ranking, grades, k, lambda grade: 2 ** max(0, grade) - 1)


def expected_reciprocal_rank(ranking, grades, k, greatest=4):
    value, left = 0.0, 1.0
    for place, doc in enumerate(ranking[:k], 1):
        satisfied = (2 ** max(0, grades.get(doc, 0)) - 1) / 2**greatest
        value += left * satisfied / place
        left *= 1 - satisfied
    return value


def bpref(ranking, grades, rel=1):
    total = number_relevant(grades, rel)
    others = sum(0 <= grade < rel for grade in grades.values())
    value, above = 0.0, 0
    for doc in only_judged(ranking, grades):
        if grades[doc] < rel:
            above += 1
        elif above:
            value += 1 - min(above, total) / min(others, total)
        else:
            value += 1
    return value / total if total else 0.0


def inferred_average_precision(ranking, grades, rel=1, epsilon=0.00001):
    total = number_relevant(grades, rel)
    value = 0.0
    for i, doc in enumerate(ranking):
        if grades.get(doc, 0) < rel:
            continue
        above = ranking[:i]
        pooled = sum(d in grades for d in above)
        hits = sum(grades.get(d, 0) >= rel for d in above)
        misses = sum(0 <= grades.get(d, -1) < rel for d in above)
        value += 1 / (i + 1)
        if i:
            share = (hits + epsilon) / (hits + misses + 2 * epsilon)
            value += i / (i + 1) * pooled / i * share
    return value / total if total else 0.0


def interpolated_precision(ranking, grades, recall, rel=1):
    """The best precision at or below the rank where the recall is reached, as trec_eval rounds."""
    hits = relevant(ranking, grades, rel)
    needed = int(recall * number_relevant(grades, rel) + 0.9)
    best = 0.0
    for depth in range(1, len(hits) + 1):
        if sum(hits[:depth]) >= max(needed, 1):
            best = max(best, sum(hits[:depth]) / depth)
    return best


def judged_share(ranking, grades, k=None):
    top = ranking[:k]
    return sum(doc in grades for doc in top) / len(top)


def set_precision(ranking, grades, rel=1):
    return sum(relevant(ranking, grades, rel)) / len(ranking) if ranking else 0.0


def set_relative_precision(ranking, grades, rel=1):
    possible = min(len(ranking), number_relevant(grades, rel))
    return sum(relevant(ranking, grades, rel)) / possible if possible else 0.0


def set_recall(ranking, grades, rel=1):
    return recall(ranking, grades, None, rel)


def set_f(ranking, grades, x=1.0, rel=1):
    p, r = set_precision(ranking, grades, rel), set_recall(ranking, grades, rel)
    return (x + 1) * p * r / (r + x * p) if p + r else 0.0


def set_average_precision(ranking, grades, rel=1):
    return set_precision(ranking, grades, rel) * set_recall(ranking, grades, rel)


def compatibility(ranking, grades, p=0.95, normalize=True):
    """Rank-biased overlap with the ideal ranking that is most like this one."""
    place = {doc: i for i, doc in enumerate(ranking)}
    good = [doc for doc, grade in grades.items() if grade > 0]
    ideal = sorted(good, key=lambda doc: (-grades[doc], place.get(doc, len(ranking))))
    depth = max(len(ranking), len(ideal))

    def overlap(one, other):
        weights = [p**i for i in range(depth)]
        shares = [len({*one[: i + 1]} & {*other[: i + 1]}) / (i + 1) for i in range(depth)]
        return sum(w * s for w, s in zip(weights, shares, strict=True)) / sum(weights)

    best = overlap(ideal, ideal) if normalize else 1.0
    return overlap(ranking, ideal) / best if best else overlap(ranking, ideal)


def ordered_pairs(ranking, grades, k=None, rel=1):
    hits = relevant(ranking, grades, rel)[:k]
    pairs = [(i, j) for i, a in enumerate(hits) for j, b in enumerate(hits) if a and not b]
    return sum(i < j for i, j in pairs) / len(pairs)
