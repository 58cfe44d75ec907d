package esplade;

import java.io.IOException;
import org.apache.lucene.index.PostingsEnum;

/** Documents of one window, in rising order, whose scores are not complete yet. */
final class Candidates {
  private final int[] documents;
  private final int[] scores;
  private int size;

  Candidates(int most) {
    documents = new int[most];
    scores = new int[most];
  }

  void clear() {
    size = 0;
  }

  /** Takes the documents from + i, first <= i < last, that have a score above {@code least}. */
  void gather(int[] from, int first, int last, int base, int least) {
    int floor = Math.max(0, least);
    int size = this.size;
    for (int i = first; i < last; i++) {
      if (from[i] > floor) {
        documents[size] = base + i;
        scores[size++] = from[i];
      }
    }
    this.size = size;
  }

  /** Adds the impacts of a list. */
  void add(PostingsEnum list, int factor) throws IOException {
    int at = list.docID();
    for (int i = 0; i < size; i++) {
      int document = documents[i];
      if (at < document) {
        at = list.advance(document);
      }
      if (at == document) {
        scores[i] += factor * list.freq();
      }
    }
  }

  /** Drops the documents whose score is not above {@code least}. */
  void keep(int least) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (scores[i] > least) {
        documents[kept] = documents[i];
        scores[kept++] = scores[i];
      }
    }
    size = kept;
  }

  void offer(Best best, int base) {
    for (int i = 0; i < size; i++) {
      best.offer(scores[i], base + documents[i]);
    }
  }
}
