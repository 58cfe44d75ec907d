package esplade;

import java.util.Arrays;

/**
 * The k highest scores, then the lowest documents, of documents that come in rising order. A
 * candidate is one long, the score above the document's complement, so that larger is better;
 * candidates gather in a buffer that is cut back to k whenever it is full, which costs a constant
 * time for each, where a heap costs log k.
 */
final class Best {
  private static final int SLACK = 4096;

  /** Scores that {@link #sift} looks at together. */
  private static final int SPAN = 256;

  /** Up to so many results, most spans hold none of them. */
  private static final int FEW = 100;

  private long[] buffer = new long[0];
  private int k;
  private int size;
  private int threshold;

  void start(int k) {
    this.k = k;
    size = 0;
    threshold = 0;
    int need = (int) Math.min(Integer.MAX_VALUE - 16, (long) k + Math.max(k, SLACK));
    if (buffer.length < need) {
      buffer = new long[need];
    }
  }

  /** Offers scores[first .. last) of the documents base + first and on; 0 is no score. */
  void offer(int[] scores, int first, int last, int base) {
    for (int i = first; i < last; i++) {
      if (scores[i] > threshold) {
        if (size == buffer.length) {
          cut();
          if (scores[i] <= threshold) {
            continue;
          }
        }
        buffer[size++] = (long) scores[i] << 32 | (Integer.MAX_VALUE - (base + i));
      }
    }
  }

  /** Whether so few results are wanted that {@link #sift} is worth its while. */
  boolean few() {
    return k <= FEW;
  }

  /** Offers scores[0 .. size) of the documents base and on, in the way that k asks for. */
  void offerAll(int[] scores, int size, int base) {
    if (few()) {
      sift(scores, size, base);
    } else {
      offer(scores, 0, size, base);
    }
  }

  /**
   * Offers scores[0 .. size) of the documents base and on. Most spans of them hold nothing above
   * the threshold, which the processor's vectors tell three times as fast as a look at each score.
   */
  private void sift(int[] scores, int size, int base) {
    int least = threshold();
    for (int first = 0; first < size; first += SPAN) {
      int last = Math.min(size, first + SPAN);
      if (anyAbove(scores, first, last, least)) {
        for (int i = first; i < last; i++) {
          offer(scores[i], base + i);
        }
        least = threshold();
      }
    }
  }

  /** Offers one document. */
  void offer(int score, int document) {
    if (score > threshold) {
      if (size == buffer.length) {
        cut();
        if (score <= threshold) {
          return;
        }
      }
      buffer[size++] = (long) score << 32 | (Integer.MAX_VALUE - document);
    }
  }

  /**
   * What a later document's score must be above to be among the k best, or a little less: what
   * came since the last cut is looked at only when it is worth the cost. 0 while there are fewer.
   */
  int threshold() {
    if (size - k >= (threshold == 0 ? 0 : k >> 1)) {
      cut();
    }
    return threshold;
  }

  /** Sorts the best to the front, and returns how many there are. */
  int finish() {
    if (size > k) {
      cut();
    }
    Arrays.sort(buffer, 0, size);
    return size;
  }

  void copy(int[] documents, float[] scores) {
    for (int i = 0; i < size; i++) {
      long candidate = buffer[size - 1 - i];
      documents[i] = Integer.MAX_VALUE - (int) candidate;
      scores[i] = (int) (candidate >>> 32);
    }
  }

  /** No branch in the loop: the compiler turns it into vectors. Scores and least are no negatives. */
  private static boolean anyAbove(int[] scores, int first, int last, int least) {
    int signs = 0;
    for (int i = first; i < last; i++) {
      signs |= least - scores[i];
    }
    return signs < 0;
  }

  /** Keeps the k best. A later document needs more than the worst of them to displace it. */
  private void cut() {
    int low = 0;
    int high = size - 1;
    while (low < high) {
      long pivot = median(buffer[low], buffer[(low + high) >>> 1], buffer[high]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (buffer[i] > pivot) {
          i++;
        }
        while (buffer[j] < pivot) {
          j--;
        }
        if (i <= j) {
          long swapped = buffer[i];
          buffer[i++] = buffer[j];
          buffer[j--] = swapped;
        }
      }
      if (k - 1 <= j) {
        high = j;
      } else if (k - 1 >= i) {
        low = i;
      } else {
        break;
      }
    }
    size = k;
    threshold = (int) (buffer[k - 1] >>> 32);
  }

  private static long median(long a, long b, long c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
