package esplade;

import java.io.IOException;

/**
 * One way to find the k documents of highest score (then of lowest number) exactly. An instance
 * serves one thread, so that it may keep its accumulators from query to query.
 */
interface Algorithm {
  /** Readies a query: whatever is done here is not timed as search. */
  void prepare(Batch queries, int query);

  /** Finds the best documents of the prepared query, and returns how many there are, at most k. */
  int search(int k) throws IOException;

  /** Copies what {@link #search} found, best first; not timed as search. */
  void results(int[] documents, float[] scores);
}
