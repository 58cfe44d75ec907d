package esplade;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.lucene.codecs.DocValuesProducer;
import org.apache.lucene.codecs.FieldsProducer;
import org.apache.lucene.codecs.StoredFieldsReader;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FilterCodecReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.index.StoredFieldVisitor;
import org.apache.lucene.index.Terms;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;

/**
 * A collection that is inverted already, as Lucene sees a segment: {@code IndexWriter.addIndexes}
 * writes it through the codec, without a token stream or a hash table of terms. Everything that
 * depends on the version of Lucene (the properties of the fields) comes from a prototype segment.
 */
final class Inverted extends FilterCodecReader {
  private final Packed.Strings ids;
  private final Lists lists;

  /**
   * @param prototype a segment with the same fields.
   * @param ids of the documents, in the order of their bytes.
   * @param lists impacts by term.
   */
  Inverted(CodecReader prototype, Packed.Strings ids, Lists lists) {
    super(prototype);
    this.ids = ids;
    this.lists = lists;
  }

  @Override
  public int maxDoc() {
    return ids.count();
  }

  @Override
  public int numDocs() {
    return ids.count();
  }

  @Override
  public Bits getLiveDocs() {
    return null;
  }

  @Override
  public CacheHelper getCoreCacheHelper() {
    return null;
  }

  @Override
  public CacheHelper getReaderCacheHelper() {
    return null;
  }

  @Override
  public FieldsProducer getPostingsReader() {
    Lists names = new Lists(ids, null, null, null);
    return new FieldsProducer() {
      @Override
      public Iterator<String> iterator() {
        return List.of(Indexer.CONTENTS, Indexer.ID).iterator();
      }

      @Override
      public Terms terms(String field) {
        return field.equals(Indexer.ID) ? names : field.equals(Indexer.CONTENTS) ? lists : null;
      }

      @Override
      public int size() {
        return 2;
      }

      @Override
      public void checkIntegrity() {}

      @Override
      public void close() {}
    };
  }

  @Override
  public StoredFieldsReader getFieldsReader() {
    FieldInfo field = getFieldInfos().fieldInfo(Indexer.ID);
    return new StoredFieldsReader() {
      @Override
      public void document(int document, StoredFieldVisitor visitor) throws IOException {
        if (visitor.needsField(field) == StoredFieldVisitor.Status.YES) {
          visitor.stringField(field, ids.string(document));
        }
      }

      @Override
      public StoredFieldsReader clone() {
        return this;
      }

      @Override
      public void checkIntegrity() {}

      @Override
      public void close() {}
    };
  }

  @Override
  public DocValuesProducer getDocValuesReader() {
    return new IdValues();
  }

  private final class IdValues extends DocValuesProducer {
    @Override
    public BinaryDocValues getBinary(FieldInfo field) {
      return new BinaryDocValues() {
        private final BytesRef value = new BytesRef(ids.bytes, 0, 0);
        private int document = -1;

        @Override
        public BytesRef binaryValue() {
          value.offset = ids.begin(document);
          value.length = ids.length(document);
          return value;
        }

        @Override
        public boolean advanceExact(int target) {
          document = target;
          return true;
        }

        @Override
        public int docID() {
          return document;
        }

        @Override
        public int nextDoc() {
          return advance(document + 1);
        }

        @Override
        public int advance(int target) {
          return document = target < ids.count() ? target : NO_MORE_DOCS;
        }

        @Override
        public long cost() {
          return ids.count();
        }
      };
    }

    @Override
    public NumericDocValues getNumeric(FieldInfo field) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SortedDocValues getSorted(FieldInfo field) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SortedNumericDocValues getSortedNumeric(FieldInfo field) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SortedSetDocValues getSortedSet(FieldInfo field) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void checkIntegrity() {}

    @Override
    public void close() {}
  }
}
