package esplade;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.PostingsEnum;

/**
 * A postings list, decoded: a run of postings for each window of documents that has any, and the
 * largest impact of each run. A posting is one int, its impact above its document's place in the
 * window. A run that holds many of its window's documents is a {@link Dense} instead.
 */
final class Decoded {
  /** Documents in a window, as a power of two: 64 KB of accumulators. */
  static final int WINDOW_BITS = 14;

  static final int WINDOW = 1 << WINDOW_BITS;

  /** The largest impact that leaves room for a place. */
  private static final int LARGEST = -1 >>> WINDOW_BITS;

  private static final int OBJECT = 96;
  static final Decoded EMPTY = new Decoded(0);

  /** Of the runs that are not dense. */
  int[] postings;

  /** The windows that have postings, rising; where the run of each ends, and its largest impact. */
  int[] windows = new int[4];

  int[] ends = new int[4];
  int[] maxima = new int[4];

  /** Where a run begins among {@link #postings}. */
  int[] places = new int[4];

  /** Dense runs, null for others; null if there are none. */
  private int[][] dense;

  int runs;
  private int written;
  private long ofDense;

  private Decoded(int length) {
    postings = new int[length];
  }

  /**
   * @param list not advanced yet.
   * @param length its number of postings.
   * @return the decoded list; null if an impact is too large.
   */
  static Decoded of(PostingsEnum list, int length) throws IOException {
    Decoded decoded = new Decoded(length);
    for (int i = 0; i < length; i++) {
      int document = list.nextDoc();
      int impact = list.freq();
      if (impact > LARGEST) {
        return null;
      }
      decoded.extend(document >>> WINDOW_BITS, i + 1, impact);
      decoded.postings[decoded.written++] = impact << WINDOW_BITS | (document & (WINDOW - 1));
    }
    decoded.trim();
    return decoded;
  }

  /** Postings of the list, whatever form they have. */
  int length() {
    return runs == 0 ? 0 : ends[runs - 1];
  }

  int length(int run) {
    return ends[run] - begin(run);
  }

  int begin(int run) {
    return run == 0 ? 0 : ends[run - 1];
  }

  /** The run as {@link Dense} has it; null if it is none. */
  int[] dense(int run) {
    return dense == null ? null : dense[run];
  }

  long bytes() {
    return OBJECT + 4L * postings.length + 16L * runs + ofDense;
  }

  private void extend(int window, int end, int impact) {
    if (runs == 0 || windows[runs - 1] != window) {
      close();
      if (runs == windows.length) {
        resize(2 * runs);
      }
      places[runs] = written;
      windows[runs++] = window;
    }
    ends[runs - 1] = end;
    maxima[runs - 1] = Math.max(maxima[runs - 1], impact);
  }

  /** Turns the last run into a dense one if it should be. */
  private void close() {
    if (runs > 0 && Dense.suits(length(runs - 1), maxima[runs - 1])) {
      if (dense == null) {
        dense = new int[windows.length][];
      }
      int begin = places[runs - 1];
      dense[runs - 1] = Dense.of(postings, begin, written);
      ofDense += Dense.BYTES;
      written = begin;
    }
  }

  private void trim() {
    close();
    resize(runs);
    if (written < postings.length) {
      postings = Arrays.copyOf(postings, written);
    }
  }

  private void resize(int size) {
    windows = Arrays.copyOf(windows, size);
    ends = Arrays.copyOf(ends, size);
    maxima = Arrays.copyOf(maxima, size);
    places = Arrays.copyOf(places, size);
    if (dense != null) {
      dense = Arrays.copyOf(dense, size);
    }
  }
}
