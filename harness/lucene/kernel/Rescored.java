package esplade;

import org.apache.lucene.util.BytesRef;

/** The unpruned queries of a batch, and what rescoring with them found and took, a query each. */
final class Rescored {
  /** Where each query begins in {@link #terms} and {@link #weights}, and the last one ends. */
  final int[] rows;

  /** Numbers of terms, as {@link Forward} counts them. */
  final int[] terms;

  final int[] weights;
  private final int[] candidates;
  private final int[] lastDocuments;
  private final int[] lastScores;
  private final long[] lookups;
  private final long[] nanoseconds;

  /** @param packed number of queries, row offsets, terms, weights. */
  Rescored(byte[] packed) {
    Packed reader = new Packed(packed);
    int queries = reader.integer();
    rows = reader.integers(queries + 1);
    terms = reader.integers(rows[queries]);
    weights = reader.integers(rows[queries]);
    candidates = new int[queries];
    lastDocuments = new int[queries];
    lastScores = new int[queries];
    lookups = new long[queries];
    nanoseconds = new long[queries];
  }

  /** What step one found for a query: so many candidates, and the last of them. */
  void found(int query, int count, int document, float score) {
    candidates[query] = count;
    lastDocuments[query] = document;
    lastScores[query] = (int) score;
  }

  /** What step two read of the candidates' vectors, and how long it took. */
  void took(int query, long read, long time) {
    lookups[query] = read;
    nanoseconds[query] = time;
  }

  /** The results of the batch, then candidates, their last documents and scores, lookups, time. */
  byte[] after(byte[] results) {
    int queries = candidates.length;
    Unpacked out = new Unpacked(results.length + 28 * queries);
    out.add(new BytesRef(results));
    out.add(candidates, queries).add(lastDocuments, queries).add(lastScores, queries);
    for (long[] values : new long[][] {lookups, nanoseconds}) {
      for (long value : values) {
        out.add(value);
      }
    }
    return out.bytes();
  }
}
