package esplade;

import java.io.IOException;
import org.apache.lucene.index.BaseTermsEnum;
import org.apache.lucene.index.ImpactsEnum;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.SlowImpactsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;

/** Postings lists in arrays, ordered by term and by document, in the shape that a codec writes. */
final class Lists extends Terms {
  private final Packed.Strings names;
  private final int[] starts;
  private final int[] documents;
  private final int[] impacts;

  /**
   * @param names terms in the order of their bytes.
   * @param starts where each term's postings begin, and where the last one's end; null for one
   *     posting a term, at the document of the same number.
   * @param documents of the postings; null likewise.
   * @param impacts of the postings, stored as frequencies; null if there are none.
   */
  Lists(Packed.Strings names, int[] starts, int[] documents, int[] impacts) {
    this.names = names;
    this.starts = starts;
    this.documents = documents;
    this.impacts = impacts;
  }

  @Override
  public TermsEnum iterator() {
    return new Each();
  }

  @Override
  public long size() {
    return names.count();
  }

  @Override
  public long getSumDocFreq() {
    return starts == null ? names.count() : starts[names.count()];
  }

  /** Unknown: the writer of a segment counts for itself. */
  @Override
  public long getSumTotalTermFreq() {
    return -1;
  }

  @Override
  public int getDocCount() {
    return -1;
  }

  @Override
  public boolean hasFreqs() {
    return impacts != null;
  }

  @Override
  public boolean hasOffsets() {
    return false;
  }

  @Override
  public boolean hasPositions() {
    return false;
  }

  @Override
  public boolean hasPayloads() {
    return false;
  }

  /** The terms one after the other: a segment's writer never looks one up. */
  private final class Each extends BaseTermsEnum {
    private final BytesRef term = new BytesRef(names.bytes, 0, 0);
    private int place = -1;

    @Override
    public BytesRef next() {
      if (++place == names.count()) {
        return null;
      }
      term.offset = names.begin(place);
      term.length = names.length(place);
      return term;
    }

    @Override
    public BytesRef term() {
      return term;
    }

    @Override
    public long ord() {
      return place;
    }

    @Override
    public int docFreq() {
      return starts == null ? 1 : starts[place + 1] - starts[place];
    }

    @Override
    public long totalTermFreq() {
      return -1;
    }

    @Override
    public PostingsEnum postings(PostingsEnum reuse, int flags) {
      Postings postings = reuse instanceof Postings ? (Postings) reuse : new Postings();
      return starts == null
          ? postings.over(place, place + 1)
          : postings.over(starts[place], starts[place + 1]);
    }

    @Override
    public ImpactsEnum impacts(int flags) {
      return new SlowImpactsEnum(postings(null, flags));
    }

    @Override
    public SeekStatus seekCeil(BytesRef text) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void seekExact(long ord) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Postings extends PostingsEnum {
    private int next;
    private int end;
    private int document;

    Postings over(int begin, int end) {
      this.next = begin;
      this.end = end;
      this.document = -1;
      return this;
    }

    @Override
    public int docID() {
      return document;
    }

    @Override
    public int nextDoc() {
      if (next == end) {
        return document = NO_MORE_DOCS;
      }
      document = documents == null ? next : documents[next];
      next++;
      return document;
    }

    @Override
    public int advance(int target) throws IOException {
      return slowAdvance(target);
    }

    @Override
    public int freq() {
      return impacts == null ? 1 : impacts[next - 1];
    }

    @Override
    public long cost() {
      return end - next;
    }

    @Override
    public int nextPosition() {
      return -1;
    }

    @Override
    public int startOffset() {
      return -1;
    }

    @Override
    public int endOffset() {
      return -1;
    }

    @Override
    public BytesRef getPayload() {
      return null;
    }
  }
}
