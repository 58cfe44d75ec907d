package esplade;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.NoLockFactory;
import org.apache.lucene.util.BytesRef;

/**
 * A Lucene index whose internal document numbers are the order in which documents were added, in
 * one segment, with Anserini's fields: {@code id} (stored, and as doc values) and {@code contents}.
 */
abstract class Indexer {
  static final String ID = "id";
  static final String CONTENTS = "contents";

  private final Directory directory;
  private final IndexWriter writer;
  private final Document document = new Document();
  private final StringField id = new StringField(ID, "", Field.Store.YES);
  private final BinaryDocValuesField idValue = new BinaryDocValuesField(ID, new BytesRef());

  Indexer(String path, double bufferMegabytes, Analyzer analyzer, Similarity similarity)
      throws IOException {
    // The folder is private to one build and appears by a rename: a lock would only leave a file.
    directory = FSDirectory.open(Path.of(path), NoLockFactory.INSTANCE);
    // Merges neighbours only, which keeps the order of documents; and only once, at the end.
    LogDocMergePolicy merging = new LogDocMergePolicy();
    merging.setMergeFactor(1000);
    IndexWriterConfig config =
        new IndexWriterConfig(analyzer)
            .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
            .setSimilarity(similarity)
            .setRAMBufferSizeMB(bufferMegabytes)
            .setMergePolicy(merging)
            .setMergeScheduler(new SerialMergeScheduler());
    config.setUseCompoundFile(false);
    writer = new IndexWriter(directory, config);
  }

  final void add(String name, BytesRef bytes, Field contents) throws IOException {
    document.clear();
    id.setStringValue(name);
    idValue.setBytesValue(bytes);
    document.add(id);
    document.add(idValue);
    if (contents != null) {
      document.add(contents);
    }
    writer.addDocument(document);
  }

  /** Merges to one segment, commits and closes. */
  public final void finish() throws IOException {
    writer.forceMerge(1);
    writer.commit();
    writer.close();
    directory.close();
  }

  /** Gives up: what was written is of no use. */
  public final void abort() throws IOException {
    writer.rollback();
    directory.close();
  }
}
