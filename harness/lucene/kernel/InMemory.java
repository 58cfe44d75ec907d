package esplade;

import java.io.IOException;
import java.util.Arrays;

/**
 * Score-at-a-time over decoded lists, a window of documents at a time. A window in which no
 * document can reach the k best so far, by the lists' largest impacts in it, is skipped. Finer
 * skipping (MaxScore) was measured to cost more here than the additions that it saves.
 *
 * <p>A query whose lists cannot be had decoded is left to another algorithm.
 */
final class InMemory implements Algorithm {
  private static final int WINDOW = Decoded.WINDOW;

  /** Documents that share a mark, where a window has few postings. */
  private static final int GROUP_BITS = 6;

  /** From so many postings of a window on, a look at every score costs less than marks. */
  private static final int DENSE = WINDOW / 8;

  /** Likewise, where few results are wanted. */
  private static final int DENSE_OF_FEW = WINDOW / 128;

  private final DecodedLists lists;
  private final DecodedLists.Reader reader;
  private final Algorithm otherwise;
  private final int[] scores = new int[WINDOW];
  private final boolean[] marks = new boolean[WINDOW >> GROUP_BITS];
  private final Best best = new Best();
  private final Touched touched;
  private boolean handedOver;
  private Batch queries;
  private int query;

  /** The lists of the query in the current segment, and those with postings in the window. */
  private Open[] opened = new Open[0];

  private Open[] here = new Open[0];
  private int count;
  private int active;

  /** A list, and the run of its postings that comes next. */
  private static final class Open {
    Decoded list;
    int factor;
    int run;

    /** The last block of postings that was touched. */
    int block;

    int window() {
      return run < list.runs ? list.windows[run] : Integer.MAX_VALUE;
    }
  }

  /**
   * @param touched counts what is read.
   * @param otherwise for queries with lists that are not to be had decoded.
   */
  InMemory(DecodedLists lists, Touched touched, Algorithm otherwise) {
    this.lists = lists;
    this.reader = lists.new Reader();
    this.touched = touched;
    this.otherwise = otherwise;
  }

  @Override
  public void prepare(Batch queries, int query) {
    this.queries = queries;
    this.query = query;
    otherwise.prepare(queries, query);
  }

  @Override
  public int search(int k) throws IOException {
    best.start(k);
    for (int segment = 0; segment < lists.segments(); segment++) {
      handedOver = !open(segment);
      if (handedOver) {
        touched.take();
        return otherwise.search(k);
      }
      score(lists.segment(segment).docBase, lists.segment(segment).reader().maxDoc());
    }
    return best.finish();
  }

  @Override
  public void results(int[] documents, float[] scores) {
    if (handedOver) {
      otherwise.results(documents, scores);
    } else {
      best.copy(documents, scores);
    }
  }

  private boolean open(int segment) throws IOException {
    int begin = queries.rows[query];
    int end = queries.rows[query + 1];
    makeRoom(end - begin);
    reader.start(segment);
    count = 0;
    for (int i = begin; i < end; i++) {
      Decoded list = reader.list(queries.terms.ref(queries.columns[i]));
      if (list == null) {
        return false;
      }
      Open one = opened[count++];
      one.list = list;
      one.factor = queries.weights[i];
      one.run = 0;
      one.block = -1;
      touched.list(list.length());
    }
    return true;
  }

  private void makeRoom(int lists) {
    int before = opened.length;
    if (before < lists) {
      opened = Arrays.copyOf(opened, lists);
      here = new Open[lists];
      for (int i = before; i < lists; i++) {
        opened[i] = new Open();
      }
    }
  }

  private void score(int base, int documents) {
    for (int window = next(); window < Integer.MAX_VALUE; window = next()) {
      if (select(window) > best.threshold()) {
        int from = window << Decoded.WINDOW_BITS;
        read(base + from, Math.min(WINDOW, documents - from));
      }
      for (int i = 0; i < active; i++) {
        here[i].run++;
      }
    }
  }

  /** The next window that has a posting. */
  private int next() {
    int first = Integer.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      first = Math.min(first, opened[i].window());
    }
    return first;
  }

  /** Finds the lists that have postings in a window, and returns the most that they can add up. */
  private int select(int window) {
    active = 0;
    int bound = 0;
    for (int i = 0; i < count; i++) {
      Open one = opened[i];
      if (one.window() == window) {
        here[active++] = one;
        bound += one.factor * one.list.maxima[one.run];
      }
    }
    return bound;
  }

  private void read(int base, int size) {
    // A dense run leaves no marks; its postings alone are enough to make the window dense.
    boolean dense = postings() >= (best.few() ? DENSE_OF_FEW : DENSE);
    for (int i = 0; i < active; i++) {
      Open one = here[i];
      add(one.list, one.run, one.factor, !dense);
      one.block = touched.span(one.list.begin(one.run), one.list.ends[one.run], one.block);
    }
    if (dense) {
      best.offerAll(scores, size, base);
      Arrays.fill(scores, 0);
    } else {
      collect(base, size);
    }
  }

  private void add(Decoded list, int run, int factor, boolean marked) {
    int[] impacts = list.dense(run);
    if (impacts != null) {
      Dense.add(impacts, factor, scores);
      return;
    }
    int begin = list.places[run];
    int end = begin + list.length(run);
    if (marked) {
      mark(list.postings, begin, end);
    }
    add(list.postings, begin, end, factor, scores);
  }

  private int postings() {
    int sum = 0;
    for (int i = 0; i < active; i++) {
      sum += here[i].list.length(here[i].run);
    }
    return sum;
  }

  private void mark(int[] postings, int begin, int end) {
    for (int i = begin; i < end; i++) {
      marks[(postings[i] & (WINDOW - 1)) >> GROUP_BITS] = true;
    }
  }

  private static void add(int[] postings, int begin, int end, int factor, int[] scores) {
    for (int i = begin; i < end; i++) {
      int posting = postings[i];
      // A mask by the length spares the check of bounds.
      scores[posting & (scores.length - 1)] += factor * (posting >>> Decoded.WINDOW_BITS);
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
