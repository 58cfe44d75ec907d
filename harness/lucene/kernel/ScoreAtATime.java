package esplade;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;

/**
 * Retrieval list after list into integer accumulators. A window of documents at a time, so that
 * the accumulators stay in the processor's cache however large the collection is.
 *
 * <p>Where it skips it is MaxScore by windows (Turtle and Flood, 1995): lists whose largest impacts
 * together cannot lift a document above the k-th best score so far are not read, but only probed
 * for the documents that the other lists have brought near it.
 */
final class ScoreAtATime implements Algorithm {
  /** Documents in a window: 64 KB of accumulators. */
  private static final int WINDOW = 1 << 14;

  /** Documents that share a mark: only marked groups are looked at and cleared. */
  private static final int GROUP_BITS = 6;

  private final List<LeafReaderContext> leaves;
  private final boolean skips;
  private final int[] scores = new int[WINDOW];
  private final boolean[] marks = new boolean[WINDOW >> GROUP_BITS];
  private final Candidates candidates = new Candidates(WINDOW);
  private final Best best = new Best();
  private Batch queries;
  private int query;
  private Open[] lists = new Open[0];
  private int count;

  /** Lists below this place, in order of their bounds, are probed only. */
  private int probed;

  /** A list of the query in the current segment. */
  private static final class Open {
    PostingsEnum postings;
    int factor;
    int bound;

    /** The bounds of this list and of all before it, added up. */
    int reach;
  }

  /** @param skips whether lists may be probed; otherwise every posting of every list is read. */
  ScoreAtATime(List<LeafReaderContext> leaves, boolean skips) {
    this.leaves = leaves;
    this.skips = skips;
  }

  @Override
  public void prepare(Batch queries, int query) {
    this.queries = queries;
    this.query = query;
  }

  @Override
  public int search(int k) throws IOException {
    best.start(k);
    for (LeafReaderContext leaf : leaves) {
      open(leaf);
      score(leaf.docBase, leaf.reader().maxDoc());
    }
    return best.finish();
  }

  @Override
  public void results(int[] documents, float[] scores) {
    best.copy(documents, scores);
  }

  private void open(LeafReaderContext leaf) throws IOException {
    int begin = queries.rows[query];
    int end = queries.rows[query + 1];
    while (lists.length < end - begin) {
      lists = Arrays.copyOf(lists, lists.length + 1);
      lists[lists.length - 1] = new Open();
    }
    count = 0;
    probed = 0;
    Terms all = leaf.reader().terms(Indexer.CONTENTS);
    TermsEnum each = all == null ? null : all.iterator();
    for (int i = begin; each != null && i < end; i++) {
      int column = queries.columns[i];
      if (each.seekExact(queries.terms.ref(column))) {
        Open list = lists[count++];
        list.postings = each.postings(list.postings, PostingsEnum.FREQS);
        list.postings.nextDoc();
        list.factor = queries.weights[i];
        list.bound = list.factor * queries.maxima[column];
      }
    }
    if (skips) {
      Arrays.sort(lists, 0, count, (a, b) -> Integer.compare(a.bound, b.bound));
      int reach = 0;
      for (int i = 0; i < count; i++) {
        reach += lists[i].bound;
        lists[i].reach = reach;
      }
    }
  }

  private void score(int base, int documents) throws IOException {
    for (int from = next(); from < documents; from = next()) {
      from -= from % WINDOW;
      int size = Math.min(WINDOW, documents - from);
      for (int i = probed; i < count; i++) {
        accumulate(lists[i], from, from + size);
      }
      if (probed == 0) {
        collect(base + from, size);
      } else {
        probe(base, from, size);
      }
      if (skips) {
        int threshold = best.threshold();
        while (probed < count && lists[probed].reach <= threshold) {
          probed++;
        }
      }
    }
  }

  /** The first document that no window has covered yet. */
  private int next() {
    int first = PostingsEnum.NO_MORE_DOCS;
    for (int i = probed; i < count; i++) {
      first = Math.min(first, lists[i].postings.docID());
    }
    return first;
  }

  private void accumulate(Open list, int from, int to) throws IOException {
    int[] scores = this.scores;
    boolean[] marks = this.marks;
    PostingsEnum postings = list.postings;
    int factor = list.factor;
    for (int document = postings.docID(); document < to; document = postings.nextDoc()) {
      int place = document - from;
      scores[place] += factor * postings.freq();
      marks[place >> GROUP_BITS] = true;
    }
  }

  private void collect(int base, int size) {
    for (int group = 0; group << GROUP_BITS < size; group++) {
      if (marks[group]) {
        marks[group] = false;
        int first = group << GROUP_BITS;
        int last = Math.min(size, first + (1 << GROUP_BITS));
        best.offer(scores, first, last, base);
        Arrays.fill(scores, first, last, 0);
      }
    }
  }

  /** Completes the documents that the probed lists could still lift above the threshold. */
  private void probe(int base, int from, int size) throws IOException {
    int threshold = best.threshold();
    candidates.clear();
    int least = threshold - lists[probed - 1].reach;
    for (int group = 0; group << GROUP_BITS < size; group++) {
      if (marks[group]) {
        marks[group] = false;
        int first = group << GROUP_BITS;
        int last = Math.min(size, first + (1 << GROUP_BITS));
        candidates.gather(scores, first, last, from, least);
        Arrays.fill(scores, first, last, 0);
      }
    }
    for (int i = probed - 1; i >= 0; i--) {
      candidates.add(lists[i].postings, lists[i].factor);
      candidates.keep(threshold - (i == 0 ? 0 : lists[i - 1].reach));
    }
    candidates.offer(best, base);
  }
}
