package esplade;

import java.io.IOException;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.search.similarities.BM25Similarity;

/** Indexes text for BM25, with norms (document lengths) as Anserini does. */
public final class TextIndexer extends Indexer {
  private static final FieldType TEXT = new FieldType();

  static {
    TEXT.setTokenized(true);
    TEXT.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    TEXT.freeze();
  }

  private final Field contents = new Field(CONTENTS, "", TEXT);

  public TextIndexer(String path, double bufferMegabytes, Analyzer analyzer) throws IOException {
    super(path, bufferMegabytes, analyzer, new BM25Similarity());
  }

  /** @param batch packed ids, packed texts. */
  public void add(byte[] batch) throws IOException {
    Packed packed = new Packed(batch);
    Packed.Strings ids = packed.strings();
    Packed.Strings texts = packed.strings();
    for (int i = 0; i < ids.count(); i++) {
      contents.setStringValue(texts.string(i));
      add(ids.string(i), ids.ref(i), contents);
    }
  }
}
