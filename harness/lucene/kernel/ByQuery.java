package esplade;

import java.io.IOException;

/** One algorithm for queries of which any term will do, another where several have to match. */
final class ByQuery implements Algorithm {
  private final Algorithm any;
  private final Algorithm several;
  private Algorithm current;

  ByQuery(Algorithm any, Algorithm several) {
    this.any = any;
    this.several = several;
  }

  @Override
  public void prepare(Batch queries, int query) {
    current = queries.least[query] > 1 ? several : any;
    current.prepare(queries, query);
  }

  @Override
  public int search(int k) throws IOException {
    return current.search(k);
  }

  @Override
  public void results(int[] documents, float[] scores) {
    current.results(documents, scores);
  }
}
