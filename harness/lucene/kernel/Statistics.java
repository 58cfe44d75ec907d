package esplade;

import java.io.IOException;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.MultiDocValues;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;

/** What an index really holds, in one pass over its postings. */
final class Statistics {
  private Statistics() {}

  /**
   * Packed terms (in the order of their bytes), and for every term: document frequency, sum of
   * frequencies, largest frequency, and the moment sum of frequency x (document number + 1), all
   * int64. The moment tells apart postings of the same counts that sit at other documents.
   */
  static byte[] of(DirectoryReader reader) throws IOException {
    Unpacked blob = new Unpacked(1 << 16);
    Unpacked offsets = new Unpacked(1 << 16).add(0);
    Unpacked numbers = new Unpacked(1 << 16);
    int count = 0;
    Terms terms = MultiTerms.getTerms(reader, Indexer.CONTENTS);
    if (terms != null) {
      TermsEnum each = terms.iterator();
      PostingsEnum postings = null;
      for (BytesRef term = each.next(); term != null; term = each.next(), count++) {
        offsets.add(blob.add(term).size());
        postings = each.postings(postings, PostingsEnum.FREQS);
        numbers.add((long) each.docFreq());
        scan(postings, numbers);
      }
    }
    return new Unpacked(4 + offsets.size() + blob.size() + numbers.size())
        .add(count)
        .add(offsets)
        .add(blob)
        .add(numbers)
        .bytes();
  }

  private static void scan(PostingsEnum postings, Unpacked numbers) throws IOException {
    long sum = 0;
    long largest = 0;
    long moment = 0;
    for (int doc = postings.nextDoc();
        doc != PostingsEnum.NO_MORE_DOCS;
        doc = postings.nextDoc()) {
      long frequency = postings.freq();
      sum += frequency;
      largest = Math.max(largest, frequency);
      moment += frequency * (doc + 1L);
    }
    numbers.add(sum).add(largest).add(moment);
  }

  static byte[] ids(DirectoryReader reader) throws IOException {
    Unpacked blob = new Unpacked(1 << 16);
    Unpacked offsets = new Unpacked(1 << 16).add(0);
    int count = 0;
    BinaryDocValues ids = MultiDocValues.getBinaryValues(reader, Indexer.ID);
    while (ids != null && ids.nextDoc() != BinaryDocValues.NO_MORE_DOCS) {
      offsets.add(blob.add(ids.binaryValue()).size());
      count++;
    }
    return new Unpacked(4 + offsets.size() + blob.size())
        .add(count)
        .add(offsets)
        .add(blob)
        .bytes();
  }
}
