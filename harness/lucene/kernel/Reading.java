package esplade;

import java.io.IOException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;

/** What an index holds, in bulk: by term, and by document. */
final class Reading {
  private Reading() {}

  /**
   * The postings lists of some terms: starts (terms + 1, int64), documents and frequencies (int32).
   *
   * @param packed terms.
   */
  static byte[] lists(DirectoryReader reader, byte[] packed) throws IOException {
    Packed.Strings names = new Packed(packed).strings();
    Unpacked starts = new Unpacked(8 * names.count() + 8).add(0L);
    Unpacked documents = new Unpacked(1 << 16);
    Unpacked frequencies = new Unpacked(1 << 16);
    Terms terms = MultiTerms.getTerms(reader, Indexer.CONTENTS);
    TermsEnum each = terms == null ? null : terms.iterator();
    PostingsEnum list = null;
    for (int i = 0; i < names.count(); i++) {
      if (each != null && each.seekExact(names.ref(i))) {
        list = each.postings(list, PostingsEnum.FREQS);
        while (list.nextDoc() != PostingsEnum.NO_MORE_DOCS) {
          documents.add(list.docID());
          frequencies.add(list.freq());
        }
      }
      starts.add(documents.size() / 4L);
    }
    return new Unpacked(starts.size() + 2 * documents.size())
        .add(starts)
        .add(documents)
        .add(frequencies)
        .bytes();
  }

  /**
   * The terms of some documents, as a number of triples, then all places in the given array, all
   * places of the term among the index's terms, and all frequencies (int32), by term.
   *
   * @param packed a count and rising document numbers.
   */
  static byte[] documents(DirectoryReader reader, byte[] packed) throws IOException {
    Packed given = new Packed(packed);
    int[] wanted = given.integers(given.integer());
    Unpacked rows = new Unpacked(1 << 12);
    Unpacked columns = new Unpacked(1 << 12);
    Unpacked frequencies = new Unpacked(1 << 12);
    Terms terms = MultiTerms.getTerms(reader, Indexer.CONTENTS);
    TermsEnum each = terms == null ? TermsEnum.EMPTY : terms.iterator();
    PostingsEnum list = null;
    int column = 0;
    for (BytesRef term = each.next(); term != null; term = each.next(), column++) {
      list = each.postings(list, PostingsEnum.FREQS);
      for (int row = 0; row < wanted.length; row++) {
        int found = list.docID() < wanted[row] ? list.advance(wanted[row]) : list.docID();
        if (found == wanted[row]) {
          rows.add(row);
          columns.add(column);
          frequencies.add(list.freq());
        }
      }
    }
    return new Unpacked(4 + 3 * rows.size())
        .add(rows.size() / 4)
        .add(rows)
        .add(columns)
        .add(frequencies)
        .bytes();
  }
}
