package esplade;

import java.io.IOException;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.IndexOptions;

/** Indexes impact vectors: batches of rows over one table of terms. */
public final class ImpactIndexer extends Indexer {
  private static final FieldType IMPACTS = new FieldType();

  static {
    IMPACTS.setTokenized(true);
    IMPACTS.setOmitNorms(true);
    IMPACTS.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    IMPACTS.freeze();
  }

  private final ImpactTokens tokens;
  private final Field contents;

  /** @param terms packed strings: the columns of the rows to come. */
  public ImpactIndexer(String path, double bufferMegabytes, byte[] terms) throws IOException {
    super(path, bufferMegabytes, null, new ImpactSimilarity());
    tokens = new ImpactTokens(new Packed(terms).strings());
    contents = new Field(CONTENTS, tokens, IMPACTS);
  }

  /** @param batch packed ids, row offsets (documents + 1), columns, impacts. */
  public void add(byte[] batch) throws IOException {
    Packed packed = new Packed(batch);
    Packed.Strings ids = packed.strings();
    int[] rows = packed.integers(ids.count() + 1);
    int[] columns = packed.integers(rows[ids.count()]);
    int[] impacts = packed.integers(rows[ids.count()]);
    for (int i = 0; i < ids.count(); i++) {
      tokens.document(columns, impacts, rows[i], rows[i + 1]);
      add(ids.string(i), ids.ref(i), contents);
    }
  }
}
