package esplade;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Packed queries, searched by one or more threads; every thread takes the next query. */
final class Batch {
  final Packed.Strings terms;

  /** The largest impact in the list of each term. */
  final int[] maxima;

  /** Where each query begins in {@link #columns} and {@link #weights}, and the last one ends. */
  final int[] rows;

  /** Terms of the queries. */
  final int[] columns;

  final int[] weights;

  /** How many of its terms a document has to hold, a query each. */
  final int[] least;

  private final int queries;
  private final int k;
  private final AtomicInteger next = new AtomicInteger();
  private final int[] counts;
  private final long[] nanoseconds;
  private final int[][] documents;
  private final float[][] scores;

  /** @param packed terms, their maxima, number of queries, row offsets, columns, weights, least matches. */
  Batch(byte[] packed, int k) {
    Packed reader = new Packed(packed);
    terms = reader.strings();
    maxima = reader.integers(terms.count());
    queries = reader.integer();
    rows = reader.integers(queries + 1);
    columns = reader.integers(rows[queries]);
    weights = reader.integers(rows[queries]);
    least = reader.integers(queries);
    this.k = k;
    counts = new int[queries];
    nanoseconds = new long[queries];
    documents = new int[queries][];
    scores = new float[queries][];
  }

  void run(Supplier<Algorithm> algorithms, int threads) throws Exception {
    if (threads == 1) {
      work(algorithms.get());
      return;
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Void>> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        workers.add(() -> work(algorithms.get()));
      }
      for (Future<Void> worker : pool.invokeAll(workers)) {
        worker.get();
      }
    } catch (ExecutionException error) {
      throw error.getCause() instanceof Exception ? (Exception) error.getCause() : error;
    } finally {
      pool.shutdownNow();
    }
  }

  private Void work(Algorithm algorithm) throws Exception {
    for (int query = next.getAndIncrement(); query < queries; query = next.getAndIncrement()) {
      algorithm.prepare(this, query);
      long start = System.nanoTime();
      int count = rows[query] == rows[query + 1] ? 0 : algorithm.search(k);
      nanoseconds[query] = System.nanoTime() - start;
      counts[query] = count;
      documents[query] = new int[count];
      scores[query] = new float[count];
      if (count > 0) {
        algorithm.results(documents[query], scores[query]);
      }
    }
    return null;
  }

  /** What every query reads, as {@link Counter#take} tells it. */
  byte[] touched(Algorithm algorithm, Counter counts) throws Exception {
    Unpacked out = new Unpacked(32 * queries);
    for (int query = 0; query < queries; query++) {
      if (rows[query] < rows[query + 1]) {
        algorithm.prepare(this, query);
        algorithm.search(k);
      }
      for (long value : counts.take()) {
        out.add(value);
      }
    }
    return out.bytes();
  }

  /** Nanoseconds (int64) and hits (int32) of every query, then all documents, then all scores. */
  byte[] results() {
    long hits = 0;
    for (int count : counts) {
      hits += count;
    }
    Unpacked out = new Unpacked((int) Math.min(Integer.MAX_VALUE - 16, 12L * queries + 8 * hits));
    for (long value : nanoseconds) {
      out.add(value);
    }
    out.add(counts, queries);
    for (int query = 0; query < queries; query++) {
      out.add(documents[query], counts[query]);
    }
    for (int query = 0; query < queries; query++) {
      out.add(scores[query], counts[query]);
    }
    return out.bytes();
  }
}
