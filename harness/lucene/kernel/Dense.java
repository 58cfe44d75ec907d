package esplade;

/**
 * A run of postings as the impacts of all documents of its window, 0 where there is none. An int
 * holds four of them, of documents that are a quarter of the window apart: so that adding them up
 * takes loops over two arrays with equal places, which Java's compiler turns into vectors. That
 * costs for each document of the window a quarter, or less, of what it costs to add a posting, and
 * no more memory than so many postings take.
 */
final class Dense {
  private static final int QUARTER = Decoded.WINDOW / 4;
  private static final int LARGEST = 255;

  /** Bytes that a run takes. */
  static final int BYTES = 4 * QUARTER + 16;

  private Dense() {}

  /** Whether a run of so many postings, none of a larger impact, should have this form. */
  static boolean suits(int postings, int largest) {
    return postings >= QUARTER && largest <= LARGEST;
  }

  /** The run of postings[begin .. end). */
  static int[] of(int[] postings, int begin, int end) {
    int[] impacts = new int[QUARTER];
    for (int i = begin; i < end; i++) {
      int place = postings[i] & (Decoded.WINDOW - 1);
      impacts[place % QUARTER] |= postings[i] >>> Decoded.WINDOW_BITS << 8 * (place / QUARTER);
    }
    return impacts;
  }

  /** Adds factor x impact to the scores of the window's documents. */
  static void add(int[] impacts, int factor, int[] scores) {
    for (int i = 0; i < QUARTER; i++) {
      scores[i] += factor * (impacts[i] & LARGEST);
    }
    for (int i = 0; i < QUARTER; i++) {
      scores[i + QUARTER] += factor * (impacts[i] >>> 8 & LARGEST);
    }
    for (int i = 0; i < QUARTER; i++) {
      scores[i + 2 * QUARTER] += factor * (impacts[i] >>> 16 & LARGEST);
    }
    for (int i = 0; i < QUARTER; i++) {
      scores[i + 3 * QUARTER] += factor * (impacts[i] >>> 24);
    }
  }
}
