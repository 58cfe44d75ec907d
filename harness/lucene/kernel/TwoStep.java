package esplade;

import java.io.IOException;
import java.util.Arrays;

/**
 * Search in two steps: the candidates of another algorithm, each scored again by the dot product of
 * its full vector and the unpruned query. Every posting of a candidate's vector is read.
 */
final class TwoStep implements Algorithm {
  private final Algorithm first;
  private final Forward vectors;
  private final Rescored rescored;
  private final int candidates;

  /** The query as a factor for each term; 0 between queries. */
  private final int[] factors;

  private final int[] documents;
  private final float[] scores;
  private final Best best = new Best();
  private int query;

  /** @param candidates that step one gives, at most. */
  TwoStep(Algorithm first, Forward vectors, Rescored rescored, int candidates) {
    this.first = first;
    this.vectors = vectors;
    this.rescored = rescored;
    this.candidates = candidates;
    factors = new int[vectors.terms()];
    documents = new int[candidates];
    scores = new float[candidates];
  }

  @Override
  public void prepare(Batch queries, int query) {
    this.query = query;
    first.prepare(queries, query);
  }

  @Override
  public int search(int k) throws IOException {
    int count = first.search(candidates);
    long start = System.nanoTime();
    first.results(documents, scores);
    if (count > 0) {
      rescored.found(query, count, documents[count - 1], scores[count - 1]);
    }
    int found = rescore(count, k);
    rescored.took(query, lookups(count), System.nanoTime() - start);
    return found;
  }

  @Override
  public void results(int[] documents, float[] scores) {
    best.copy(documents, scores);
  }

  private int rescore(int count, int k) {
    // Among equal scores the first that comes stays, so documents have to come in their order.
    Arrays.sort(documents, 0, count);
    for (int i = rescored.rows[query]; i < rescored.rows[query + 1]; i++) {
      factors[rescored.terms[i]] = rescored.weights[i];
    }
    best.start(k);
    for (int i = 0; i < count; i++) {
      best.offer(vectors.score(documents[i], factors), documents[i]);
    }
    for (int i = rescored.rows[query]; i < rescored.rows[query + 1]; i++) {
      factors[rescored.terms[i]] = 0;
    }
    return best.finish();
  }

  private long lookups(int count) {
    long read = 0;
    for (int i = 0; i < count; i++) {
      read += vectors.length(documents[i]);
    }
    return read;
  }
}
