package esplade;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;

/**
 * Documents that hold at least m of a query's n terms, a window of documents at a time. Each of
 * them is in one of the n - m + 1 shortest lists: those are read, and the m - 1 longest ones are
 * only probed for the documents that these bring, as long as they can still come to m.
 */
final class AtLeast implements Algorithm {
  private static final int WINDOW = 1 << 14;
  private static final int GROUP_BITS = 6;

  /** One match, above the score. */
  private static final long MATCH = 1L << 32;

  private final List<LeafReaderContext> leaves;
  private final Best best = new Best();
  private final boolean[] marks = new boolean[WINDOW >> GROUP_BITS];

  /** Matches and score of every document of the window. */
  private final long[] sums = new long[WINDOW];

  private final int[] places = new int[WINDOW];
  private int candidates;
  private Batch queries;
  private int query;
  private int least;
  private Open[] lists = new Open[0];
  private int count;

  private static final class Open {
    PostingsEnum postings;
    int factor;
    int length;
  }

  AtLeast(List<LeafReaderContext> leaves) {
    this.leaves = leaves;
  }

  @Override
  public void prepare(Batch queries, int query) {
    this.queries = queries;
    this.query = query;
    least = queries.least[query];
  }

  @Override
  public int search(int k) throws IOException {
    best.start(k);
    for (LeafReaderContext leaf : leaves) {
      open(leaf);
      if (count >= least) {
        score(leaf.docBase, leaf.reader().maxDoc());
      }
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
    Terms all = leaf.reader().terms(Indexer.CONTENTS);
    TermsEnum each = all == null ? null : all.iterator();
    for (int i = begin; each != null && i < end; i++) {
      if (each.seekExact(queries.terms.ref(queries.columns[i]))) {
        Open list = lists[count++];
        list.postings = each.postings(list.postings, PostingsEnum.FREQS);
        list.factor = queries.weights[i];
        list.length = each.docFreq();
      }
    }
    Arrays.sort(lists, 0, count, (a, b) -> Integer.compare(a.length, b.length));
  }

  private void score(int base, int documents) throws IOException {
    int read = count - least + 1;
    for (int i = 0; i < read; i++) {
      lists[i].postings.nextDoc();
    }
    for (int from = next(read); from < documents; from = next(read)) {
      from -= from % WINDOW;
      int size = Math.min(WINDOW, documents - from);
      for (int i = 0; i < read; i++) {
        accumulate(lists[i], from, from + size);
      }
      gather(size);
      for (int i = read; i < count; i++) {
        probe(lists[i], from, count - i - 1);
      }
      for (int i = 0; i < candidates; i++) {
        int place = places[i];
        if (sums[place] >>> 32 >= least) {
          best.offer((int) sums[place], base + from + place);
        }
      }
      Arrays.fill(sums, 0, size, 0);
    }
  }

  private int next(int read) {
    int first = PostingsEnum.NO_MORE_DOCS;
    for (int i = 0; i < read; i++) {
      first = Math.min(first, lists[i].postings.docID());
    }
    return first;
  }

  private void accumulate(Open list, int from, int to) throws IOException {
    PostingsEnum postings = list.postings;
    for (int document = postings.docID(); document < to; document = postings.nextDoc()) {
      int place = document - from;
      sums[place] += MATCH + (long) list.factor * postings.freq();
      marks[place >> GROUP_BITS] = true;
    }
  }

  private void gather(int size) {
    candidates = 0;
    for (int group = 0; group << GROUP_BITS < size; group++) {
      if (marks[group]) {
        marks[group] = false;
        int last = Math.min(size, (group + 1) << GROUP_BITS);
        for (int place = group << GROUP_BITS; place < last; place++) {
          if (sums[place] != 0) {
            places[candidates++] = place;
          }
        }
      }
    }
  }

  /** Looks a list up for the candidates, and drops those that {@code left} more cannot help. */
  private void probe(Open list, int from, int left) throws IOException {
    PostingsEnum postings = list.postings;
    int kept = 0;
    int at = postings.docID();
    for (int i = 0; i < candidates; i++) {
      int place = places[i];
      if (at < from + place) {
        at = postings.advance(from + place);
      }
      if (at == from + place) {
        sums[place] += MATCH + (long) list.factor * postings.freq();
      }
      if ((sums[place] >>> 32) + left >= least) {
        places[kept++] = place;
      }
    }
    candidates = kept;
  }
}
