package esplade;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterDirectoryReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.Impacts;
import org.apache.lucene.index.ImpactsEnum;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;

/**
 * A reader that counts what a search reads: postings visited, postings scored, and blocks (of 128
 * postings, as Lucene compresses and skips them) in which it visited any. For one thread; slower
 * than the reader it wraps, so nothing is timed with it.
 */
final class Counting extends FilterDirectoryReader {
  private static final int BLOCK = 128;

  private final Counts counts;

  Counting(DirectoryReader in, Counts counts) throws IOException {
    super(
        in,
        new SubReaderWrapper() {
          @Override
          public LeafReader wrap(LeafReader reader) {
            return new Leaf(reader, counts);
          }
        });
    this.counts = counts;
  }

  @Override
  protected DirectoryReader doWrapDirectoryReader(DirectoryReader in) throws IOException {
    return new Counting(in, counts);
  }

  @Override
  public CacheHelper getReaderCacheHelper() {
    return null;
  }

  /** What the searches since the last {@link #take} read. */
  static final class Counts implements Counter {
    private long visited;
    private long scored;
    private final List<Cursor> cursors = new ArrayList<>();

    @Override
    public long[] take() throws IOException {
      long blocks = 0;
      long all = 0;
      for (Cursor cursor : cursors) {
        blocks += cursor.blocks();
        all += (cursor.length + BLOCK - 1) / BLOCK;
      }
      long[] taken = {visited, scored, blocks, all};
      visited = 0;
      scored = 0;
      cursors.clear();
      return taken;
    }
  }

  private static final class Leaf extends FilterLeafReader {
    private final Counts counts;

    Leaf(LeafReader in, Counts counts) {
      super(in);
      this.counts = counts;
    }

    @Override
    public Terms terms(String field) throws IOException {
      Terms terms = super.terms(field);
      return terms == null ? null : new CountingTerms(terms, counts);
    }

    @Override
    public CacheHelper getCoreCacheHelper() {
      return null;
    }

    @Override
    public CacheHelper getReaderCacheHelper() {
      return null;
    }
  }

  private static final class CountingTerms extends FilterLeafReader.FilterTerms {
    private final Counts counts;

    CountingTerms(Terms in, Counts counts) {
      super(in);
      this.counts = counts;
    }

    @Override
    public TermsEnum iterator() throws IOException {
      return new Each(in.iterator());
    }

    private final class Each extends FilterLeafReader.FilterTermsEnum {
      Each(TermsEnum in) {
        super(in);
      }

      @Override
      public PostingsEnum postings(PostingsEnum reuse, int flags) throws IOException {
        return new Postings(in.postings(null, flags), cursor());
      }

      @Override
      public ImpactsEnum impacts(int flags) throws IOException {
        ImpactsEnum impacts = in.impacts(flags);
        return new CountingImpacts(impacts, new Postings(impacts, cursor()));
      }

      private Cursor cursor() throws IOException {
        BytesRef term = BytesRef.deepCopyOf(in.term());
        Cursor cursor = new Cursor(CountingTerms.this.in, term, in.docFreq(), counts);
        counts.cursors.add(cursor);
        return cursor;
      }
    }
  }

  /** Where a search went in one list; which blocks those were is worked out afterwards. */
  private static final class Cursor {
    final int length;
    private final Terms terms;
    private final BytesRef term;
    private final Counts counts;
    private int[] documents = new int[64];
    private int size;

    Cursor(Terms terms, BytesRef term, int length, Counts counts) {
      this.terms = terms;
      this.term = term;
      this.length = length;
      this.counts = counts;
    }

    int visit(int document) {
      if (document != PostingsEnum.NO_MORE_DOCS
          && (size == 0 || documents[size - 1] != document)) {
        counts.visited++;
        documents = org.apache.lucene.util.ArrayUtil.grow(documents, size + 1);
        documents[size++] = document;
      }
      return document;
    }

    long blocks() throws IOException {
      TermsEnum each = terms.iterator();
      each.seekExact(term);
      PostingsEnum list = each.postings(null, PostingsEnum.NONE);
      long blocks = 0;
      int last = -1;
      for (int i = 0, place = -1; i < size; i++) {
        while (list.docID() < documents[i]) {
          list.nextDoc();
          place++;
        }
        if (place / BLOCK != last) {
          last = place / BLOCK;
          blocks++;
        }
      }
      return blocks;
    }
  }

  private static final class Postings extends FilterLeafReader.FilterPostingsEnum {
    private final Cursor cursor;

    Postings(PostingsEnum in, Cursor cursor) {
      super(in);
      this.cursor = cursor;
    }

    @Override
    public int nextDoc() throws IOException {
      return cursor.visit(in.nextDoc());
    }

    @Override
    public int advance(int target) throws IOException {
      return cursor.visit(in.advance(target));
    }

    @Override
    public int freq() throws IOException {
      cursor.counts.scored++;
      return in.freq();
    }
  }

  /** Upper bounds from the index, postings through a counting enumeration. */
  private static final class CountingImpacts extends ImpactsEnum {
    private final ImpactsEnum impacts;
    private final Postings postings;

    CountingImpacts(ImpactsEnum impacts, Postings postings) {
      this.impacts = impacts;
      this.postings = postings;
    }

    @Override
    public void advanceShallow(int target) throws IOException {
      impacts.advanceShallow(target);
    }

    @Override
    public Impacts getImpacts() throws IOException {
      return impacts.getImpacts();
    }

    @Override
    public int freq() throws IOException {
      return postings.freq();
    }

    @Override
    public int docID() {
      return postings.docID();
    }

    @Override
    public int nextDoc() throws IOException {
      return postings.nextDoc();
    }

    @Override
    public int advance(int target) throws IOException {
      return postings.advance(target);
    }

    @Override
    public long cost() {
      return postings.cost();
    }

    @Override
    public int nextPosition() throws IOException {
      return postings.nextPosition();
    }

    @Override
    public int startOffset() throws IOException {
      return postings.startOffset();
    }

    @Override
    public int endOffset() throws IOException {
      return postings.endOffset();
    }

    @Override
    public BytesRef getPayload() throws IOException {
      return postings.getPayload();
    }
  }
}
