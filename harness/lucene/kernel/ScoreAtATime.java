package esplade;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;

/**
 * Exhaustive retrieval, list after list, into integer accumulators. A window of documents at a
 * time, so that the accumulators stay in the processor's cache however large the collection is.
 */
final class ScoreAtATime implements Algorithm {
  /** Documents in a window: 256 KB of accumulators, which fit in the second level of cache. */
  private static final int WINDOW = 1 << 16;

  /** Documents that share a mark: only marked groups are looked at and cleared. */
  private static final int GROUP_BITS = 6;

  private final List<LeafReaderContext> leaves;
  private final int[] scores = new int[WINDOW];
  private final boolean[] marks = new boolean[WINDOW >> GROUP_BITS];
  private final Best best = new Best();
  private Packed.Strings terms;
  private int[] columns;
  private int[] weights;
  private int begin;
  private int end;
  private PostingsEnum[] lists = new PostingsEnum[0];
  private int[] factors = new int[0];
  private int count;

  ScoreAtATime(List<LeafReaderContext> leaves) {
    this.leaves = leaves;
  }

  @Override
  public void prepare(Packed.Strings terms, int[] columns, int[] weights, int begin, int end) {
    this.terms = terms;
    this.columns = columns;
    this.weights = weights;
    this.begin = begin;
    this.end = end;
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
    if (lists.length < end - begin) {
      lists = new PostingsEnum[end - begin];
      factors = new int[end - begin];
    }
    count = 0;
    Terms all = leaf.reader().terms(Indexer.CONTENTS);
    TermsEnum each = all == null ? null : all.iterator();
    for (int i = begin; each != null && i < end; i++) {
      if (each.seekExact(terms.ref(columns[i]))) {
        lists[count] = each.postings(lists[count], PostingsEnum.FREQS);
        lists[count].nextDoc();
        factors[count++] = weights[i];
      }
    }
  }

  private void score(int base, int documents) throws IOException {
    for (int from = next(); from < documents; from = next()) {
      from -= from % WINDOW;
      int size = Math.min(WINDOW, documents - from);
      for (int i = 0; i < count; i++) {
        accumulate(lists[i], factors[i], from, from + size);
      }
      collect(base + from, size);
    }
  }

  /** The first document that no window has covered yet. */
  private int next() {
    int first = PostingsEnum.NO_MORE_DOCS;
    for (int i = 0; i < count; i++) {
      first = Math.min(first, lists[i].docID());
    }
    return first;
  }

  private void accumulate(PostingsEnum list, int factor, int from, int to) throws IOException {
    int[] scores = this.scores;
    boolean[] marks = this.marks;
    for (int document = list.docID(); document < to; document = list.nextDoc()) {
      int place = document - from;
      scores[place] += factor * list.freq();
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
}
