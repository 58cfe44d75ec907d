package esplade;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Terms;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.NoLockFactory;

/** An open index: searched in batches, and asked for its statistics in bulk. */
public final class Index {
  private final Directory directory;
  private final DirectoryReader reader;
  private DecodedLists lists;
  private Forward vectors;

  public Index(String path) throws IOException {
    this(FSDirectory.open(Path.of(path), NoLockFactory.INSTANCE));
  }

  Index(Directory directory) throws IOException {
    IndexSearcher.setMaxClauseCount(Integer.MAX_VALUE);
    this.directory = directory;
    try {
      reader = DirectoryReader.open(directory);
    } catch (IOException | RuntimeException error) {
      directory.close();
      throw error;
    }
    keepDecoded(Runtime.getRuntime().maxMemory() / 2);
  }

  /** Keeps the lists that "memory" decodes from now on, up to so many bytes of them. */
  public final void keepDecoded(long bytes) {
    lists = new DecodedLists(reader.leaves(), bytes);
  }

  public static String luceneVersion() {
    return org.apache.lucene.util.Version.LATEST.toString();
  }

  /** Documents, segments, terms, postings, sum of frequencies: what a segment's header knows. */
  public long[] counts() throws IOException {
    long[] counts = {reader.maxDoc(), reader.leaves().size(), 0, 0, 0};
    for (LeafReaderContext leaf : reader.leaves()) {
      Terms terms = leaf.reader().terms(Indexer.CONTENTS);
      if (terms != null) {
        counts[2] += terms.size();
        counts[3] += terms.getSumDocFreq();
        counts[4] += terms.getSumTotalTermFreq();
      }
    }
    return counts;
  }

  /** Documents that hold a term: BM25 counts no others. */
  public long documentsWithTerms() throws IOException {
    long documents = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      Terms terms = leaf.reader().terms(Indexer.CONTENTS);
      documents += terms == null ? 0 : terms.getDocCount();
    }
    return documents;
  }

  /** Compares the checksum of every file with its contents. */
  public void checkIntegrity() throws IOException {
    for (LeafReaderContext leaf : reader.leaves()) {
      ((CodecReader) leaf.reader()).checkIntegrity();
    }
  }

  /** Statistics of all terms, read from their postings; see {@link Statistics}. */
  public byte[] statistics() throws IOException {
    return Statistics.of(reader);
  }

  /** The ids of all documents by number, as packed strings. */
  public byte[] ids() throws IOException {
    return Statistics.ids(reader);
  }

  /** Postings lists of some terms; see {@link Reading}. */
  public byte[] lists(byte[] terms) throws IOException {
    return Reading.lists(reader, terms);
  }

  /** Terms of some documents; see {@link Reading}. */
  public byte[] documents(byte[] documents) throws IOException {
    return Reading.documents(reader, documents);
  }

  /** Searches by impacts, score = sum of query weight x impact: by one of {@link #algorithms}. */
  public byte[] search(byte[] queries, int k, int threads, String algorithm) throws Exception {
    return search(queries, k, threads, algorithm, new ImpactSimilarity());
  }

  /**
   * Searches in two steps: the candidates that an algorithm finds here are scored again with their
   * vectors in another index of the same documents. Returns results, then what {@link Rescored} adds.
   *
   * @param unpruned the queries of step two, as {@link Rescored} reads them.
   */
  public byte[] searchInTwoSteps(
      byte[] queries,
      int k,
      int threads,
      String algorithm,
      Index full,
      byte[] unpruned,
      int candidates)
      throws Exception {
    Forward forward = full.vectors();
    Rescored rescored = new Rescored(unpruned);
    Supplier<Algorithm> first = algorithms(reader, algorithm, new ImpactSimilarity(), null);
    Batch batch = new Batch(queries, k);
    batch.run(() -> new TwoStep(first.get(), forward, rescored, candidates), threads);
    return rescored.after(batch.results());
  }

  /** The vectors by document, read from the postings once and kept. */
  private synchronized Forward vectors() throws IOException {
    if (vectors == null) {
      vectors = Forward.of(reader);
    }
    return vectors;
  }

  /**
   * What an algorithm reads for each query, as four int64: postings visited, postings scored,
   * blocks of 128 postings in which it visited any, blocks of all the query's lists.
   */
  public byte[] touched(byte[] queries, int k, String algorithm) throws Exception {
    Counting.Counts ofReader = new Counting.Counts();
    Touched ofLists = new Touched();
    Counting counting = new Counting(reader, ofReader);
    Algorithm made = algorithms(counting, algorithm, new ImpactSimilarity(), ofLists).get();
    Counter counter = algorithm.equals("memory") ? () -> sum(ofReader, ofLists) : ofReader;
    return new Batch(queries, k).touched(made, counter);
  }

  /** Searches by BM25; the weight of a query term is how often the query repeats it. */
  public byte[] searchBm25(byte[] queries, int k, int threads, float k1, float b)
      throws Exception {
    return search(queries, k, threads, "lucene", new BM25Similarity(k1, b));
  }

  public void close() throws IOException {
    keepDecoded(0);
    vectors = null;
    reader.close();
    directory.close();
  }

  private byte[] search(
      byte[] queries, int k, int threads, String algorithm, Similarity similarity)
      throws Exception {
    Batch batch = new Batch(queries, k);
    batch.run(algorithms(reader, algorithm, similarity, null), threads);
    return batch.results();
  }

  private static long[] sum(Counter one, Counter other) throws IOException {
    long[] sum = one.take();
    long[] added = other.take();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += added[i];
    }
    return sum;
  }

  private static Algorithm several(DirectoryReader from, Algorithm any) {
    return new ByQuery(any, () -> new AtLeast(from.leaves()));
  }

  /** Every thread gets an instance of its own. */
  private Supplier<Algorithm> algorithms(
      DirectoryReader from, String name, Similarity similarity, Touched touched) {
    switch (name) {
      case "memory":
        return () ->
            several(
                from,
                new InMemory(
                    lists,
                    touched == null ? new Touched() : touched,
                    new ScoreAtATime(from.leaves(), true)));
      case "saat":
        return () -> several(from, new ScoreAtATime(from.leaves(), false));
      case "maxscore":
        return () -> several(from, new ScoreAtATime(from.leaves(), true));
      case "lucene":
        IndexSearcher searcher = new IndexSearcher(from);
        searcher.setSimilarity(similarity);
        searcher.setQueryCache(null);
        return () -> new LuceneAlgorithm(searcher);
      default:
        throw new IllegalArgumentException("unknown algorithm: " + name);
    }
  }
}
