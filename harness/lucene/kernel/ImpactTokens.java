package esplade;

import java.io.IOException;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.analysis.tokenattributes.TermFrequencyAttribute;
import org.apache.lucene.util.AttributeFactory;
import org.apache.lucene.util.BytesRef;

/** The (term, impact) pairs of one document at a time: the impact is the term's frequency. */
final class ImpactTokens extends TokenStream {
  private final BytesTermAttribute term;
  private final TermFrequencyAttribute frequency;
  private final Packed.Strings terms;
  private final BytesRef ref;
  private int[] columns;
  private int[] impacts;
  private int next;
  private int end;

  ImpactTokens(Packed.Strings terms) {
    super(AttributeFactory.DEFAULT_ATTRIBUTE_FACTORY);
    this.terms = terms;
    term = addAttribute(BytesTermAttribute.class);
    frequency = addAttribute(TermFrequencyAttribute.class);
    ref = new BytesRef(terms.bytes, 0, 0);
  }

  void document(int[] columns, int[] impacts, int begin, int end) {
    this.columns = columns;
    this.impacts = impacts;
    this.next = begin;
    this.end = end;
  }

  /** Once a document: Lucene leaves the position increment of the end behind. */
  @Override
  public void reset() throws IOException {
    super.reset();
    clearAttributes();
  }

  /** Sets both attributes anew every time, so that nothing needs clearing between tokens. */
  @Override
  public boolean incrementToken() {
    if (next == end) {
      return false;
    }
    int column = columns[next];
    ref.offset = terms.begin(column);
    ref.length = terms.length(column);
    term.setBytesRef(ref);
    frequency.setTermFrequency(impacts[next]);
    next++;
    return true;
  }
}
