package esplade;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;

/**
 * The vectors of an index by document. A posting is the number of its term, counted in the order of
 * the index's terms, and its weight: in one int where both fit, as they do for nearly all, in two
 * arrays otherwise.
 */
final class Forward {
  /** Where each document's postings begin, and the last one's end. */
  private final int[] starts;

  /** Numbers of terms, above {@link #bits} bits of weight unless these have an array of their own. */
  private final int[] postings;

  private final int[] weights;
  private final int bits;
  private final int terms;

  private Forward(int[] starts, boolean packed, int bits, int terms) {
    this.starts = starts;
    this.bits = bits;
    this.terms = terms;
    int count = starts[starts.length - 1];
    postings = new int[count];
    weights = packed ? null : new int[count];
  }

  /** Reads an index's postings twice: how long each vector is, then what is in it. */
  static Forward of(DirectoryReader reader) throws IOException {
    int[] starts = new int[reader.maxDoc() + 1];
    Terms all = MultiTerms.getTerms(reader, Indexer.CONTENTS);
    int terms = 0;
    int largest = 0;
    TermsEnum each = all == null ? TermsEnum.EMPTY : all.iterator();
    PostingsEnum list = null;
    for (; each.next() != null; terms++) {
      list = each.postings(list, PostingsEnum.FREQS);
      for (int d = list.nextDoc(); d != PostingsEnum.NO_MORE_DOCS; d = list.nextDoc()) {
        starts[d + 1]++;
        largest = Math.max(largest, list.freq());
      }
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] = Math.addExact(starts[i], starts[i - 1]);
    }
    int bits = 32 - Integer.numberOfLeadingZeros(largest);
    int ofTerms = 32 - Integer.numberOfLeadingZeros(Math.max(0, terms - 1));
    Forward made = new Forward(starts, bits + ofTerms <= 32, bits, terms);
    made.fill(all);
    return made;
  }

  private void fill(Terms all) throws IOException {
    int[] next = Arrays.copyOf(starts, starts.length - 1);
    TermsEnum each = all == null ? TermsEnum.EMPTY : all.iterator();
    PostingsEnum list = null;
    for (int term = 0; each.next() != null; term++) {
      list = each.postings(list, PostingsEnum.FREQS);
      for (int d = list.nextDoc(); d != PostingsEnum.NO_MORE_DOCS; d = list.nextDoc()) {
        int place = next[d]++;
        if (weights == null) {
          postings[place] = term << bits | list.freq();
        } else {
          postings[place] = term;
          weights[place] = list.freq();
        }
      }
    }
  }

  /** How many terms there are. */
  int terms() {
    return terms;
  }

  /** How many postings {@link #score} reads of a document: all that it has. */
  int length(int document) {
    return starts[document + 1] - starts[document];
  }

  /** The dot product of a document and a query that is given as a factor for each term. */
  int score(int document, int[] factors) {
    int sum = 0;
    int end = starts[document + 1];
    if (weights == null) {
      int mask = (1 << bits) - 1;
      for (int i = starts[document]; i < end; i++) {
        sum += factors[postings[i] >>> bits] * (postings[i] & mask);
      }
    } else {
      for (int i = starts[document]; i < end; i++) {
        sum += factors[postings[i]] * weights[i];
      }
    }
    return sum;
  }
}
