package esplade;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;

/**
 * The postings lists of an index that queries have asked for, decoded once and kept while there is
 * room. Lists beyond that are decoded anew for each query, unless they are long.
 */
final class DecodedLists {
  /** The most postings that are decoded for a single query, and then forgotten: 4 MB. */
  private static final int PASSING = 1 << 20;

  private final List<LeafReaderContext> leaves;
  private final List<Map<BytesRef, Decoded>> kept = new ArrayList<>();
  private final AtomicLong room;

  /** @param bytes the most that the lists may take. */
  DecodedLists(List<LeafReaderContext> leaves, long bytes) {
    this.leaves = leaves;
    this.room = new AtomicLong(bytes);
    for (int i = 0; i < leaves.size(); i++) {
      kept.add(new ConcurrentHashMap<>());
    }
  }

  int segments() {
    return leaves.size();
  }

  LeafReaderContext segment(int segment) {
    return leaves.get(segment);
  }

  /** The lists of one query in one segment. */
  final class Reader {
    private int segment;
    private TermsEnum terms;
    private PostingsEnum reused;
    private int passing;

    void start(int segment) {
      this.segment = segment;
      terms = null;
      passing = segment == 0 ? 0 : passing;
    }

    /** The list of a term, empty if it has none; null if it cannot be had decoded. */
    Decoded list(BytesRef term) throws IOException {
      Decoded found = kept.get(segment).get(term);
      return found == null ? decode(term) : found;
    }

    private Decoded decode(BytesRef term) throws IOException {
      if (terms == null) {
        Terms all = leaves.get(segment).reader().terms(Indexer.CONTENTS);
        if (all == null) {
          return Decoded.EMPTY;
        }
        terms = all.iterator();
      }
      if (!terms.seekExact(term)) {
        return Decoded.EMPTY;
      }
      int length = terms.docFreq();
      boolean keep = room.get() >= 4L * length;
      if (!keep && (passing += length) > PASSING) {
        return null;
      }
      reused = terms.postings(reused, PostingsEnum.FREQS);
      Decoded decoded = Decoded.of(reused, length);
      if (keep && decoded != null) {
        keep(term, decoded);
      }
      return decoded;
    }

    private void keep(BytesRef term, Decoded list) {
      if (room.addAndGet(-list.bytes()) < 0
          || kept.get(segment).putIfAbsent(BytesRef.deepCopyOf(term), list) != null) {
        room.addAndGet(list.bytes());
      }
    }
  }
}
