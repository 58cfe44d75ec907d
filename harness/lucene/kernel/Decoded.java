package esplade;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.PostingsEnum;

/**
 * A postings list, decoded: a run of postings for each window of documents that has any, and the
 * largest impact of each run. A posting is one int, its impact above its document's place in the
 * window.
 */
final class Decoded {
  /** Documents in a window, as a power of two: 64 KB of accumulators. */
  static final int WINDOW_BITS = 14;

  static final int WINDOW = 1 << WINDOW_BITS;

  /** The largest impact that leaves room for a place. */
  private static final int LARGEST = -1 >>> WINDOW_BITS;

  private static final int OBJECT = 96;
  static final Decoded EMPTY = new Decoded(0);

  final int[] postings;

  /** The windows that have postings, rising; where the run of each ends, and its largest impact. */
  int[] windows = new int[4];

  int[] ends = new int[4];
  int[] maxima = new int[4];
  int runs;

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
      decoded.postings[i] = impact << WINDOW_BITS | (document & (WINDOW - 1));
      decoded.extend(document >>> WINDOW_BITS, i + 1, impact);
    }
    decoded.trim();
    return decoded;
  }

  int length(int run) {
    return ends[run] - begin(run);
  }

  int begin(int run) {
    return run == 0 ? 0 : ends[run - 1];
  }

  long bytes() {
    return OBJECT + 4L * postings.length + 12L * runs;
  }

  private void extend(int window, int end, int impact) {
    if (runs == 0 || windows[runs - 1] != window) {
      if (runs == windows.length) {
        resize(2 * runs);
      }
      windows[runs++] = window;
    }
    ends[runs - 1] = end;
    maxima[runs - 1] = Math.max(maxima[runs - 1], impact);
  }

  private void trim() {
    resize(runs);
  }

  private void resize(int size) {
    windows = Arrays.copyOf(windows, size);
    ends = Arrays.copyOf(ends, size);
    maxima = Arrays.copyOf(maxima, size);
  }
}
