package esplade;

import java.io.IOException;
import java.util.function.Supplier;

/** One algorithm for queries of which any term will do, another where several have to match. */
final class ByQuery implements Algorithm {
  private final Algorithm any;
  private final Supplier<Algorithm> makeSeveral;
  private Algorithm several;
  private Algorithm current;

  /** @param several made for the first query that asks for it: most searches have none. */
  ByQuery(Algorithm any, Supplier<Algorithm> several) {
    this.any = any;
    this.makeSeveral = several;
  }

  @Override
  public void prepare(Batch queries, int query) {
    if (queries.least[query] > 1 && several == null) {
      several = makeSeveral.get();
    }
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
