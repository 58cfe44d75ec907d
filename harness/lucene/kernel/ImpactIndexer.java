package esplade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.NoLockFactory;
import org.apache.lucene.util.BytesRef;

/**
 * Writes a Lucene index of impact vectors in one segment, with Anserini's fields: {@code id}
 * (stored, and as doc values) and {@code contents}. The collection comes in parts that are
 * inverted already; each becomes a segment of its own, several at a time, and they are merged in
 * the order in which they came. A collection of one part needs no merge.
 */
public final class ImpactIndexer {
  private final Path path;
  private final Prototype prototype = new Prototype();
  private final ExecutorService pool;
  private final List<Future<Path>> parts = new ArrayList<>();
  private int finished;
  private final int threads;

  public ImpactIndexer(String path, int threads) throws IOException {
    this.path = Path.of(path);
    this.threads = threads;
    pool = Executors.newFixedThreadPool(threads);
  }

  /**
   * Takes the next documents; waits while as many parts as there are threads are being written.
   *
   * @param packed ids, terms, starts of the terms' postings (terms + 1), documents (counted from
   *     the first of this part), impacts.
   */
  public void add(byte[] packed) throws Exception {
    while (parts.size() - finished >= threads) {
      await(parts.get(finished++));
    }
    Path part = path.resolve("part" + parts.size());
    parts.add(
        pool.submit(
            () -> {
              write(part, prototype.inverted(packed));
              return part;
            }));
  }

  /** Waits for all parts, merges them and cleans up. */
  public void finish() throws Exception {
    List<Path> folders = new ArrayList<>();
    for (Future<Path> part : parts) {
      folders.add(await(part));
    }
    merge(folders);
    close();
  }

  /** Gives up: what was written is of no use, and its folder is removed by the caller. */
  public void abort() throws IOException {
    pool.shutdownNow();
    close();
  }

  private void close() throws IOException {
    pool.shutdown();
    prototype.close();
  }

  /** An index of one document, which has the fields that every index gets. */
  static final class Prototype implements AutoCloseable {
    private final Directory directory = new ByteBuffersDirectory();
    private final DirectoryReader reader;

    Prototype() throws IOException {
      try (IndexWriter writer = writer(directory)) {
        writer.addDocument(example());
      }
      reader = DirectoryReader.open(directory);
    }

    /** Documents as {@link ImpactIndexer#add} takes them, in the shape of a segment. */
    CodecReader inverted(byte[] packed) {
      Packed each = new Packed(packed);
      Packed.Strings ids = each.strings();
      Packed.Strings terms = each.strings();
      int[] starts = each.integers(terms.count() + 1);
      int[] documents = each.integers(starts[terms.count()]);
      int[] impacts = each.integers(starts[terms.count()]);
      CodecReader fields = (CodecReader) reader.leaves().get(0).reader();
      return new Inverted(fields, ids, new Lists(terms, starts, documents, impacts));
    }

    @Override
    public void close() throws IOException {
      reader.close();
      directory.close();
    }
  }

  private void merge(List<Path> folders) throws IOException {
    if (folders.size() == 1) {
      for (Path file : files(folders.get(0))) {
        Files.move(file, path.resolve(file.getFileName()));
      }
    } else {
      List<DirectoryReader> readers = new ArrayList<>();
      try {
        for (Path folder : folders) {
          readers.add(DirectoryReader.open(open(folder)));
        }
        write(path, segments(readers));
      } finally {
        for (DirectoryReader reader : readers) {
          reader.close();
        }
      }
    }
    for (Path folder : folders) {
      for (Path file : files(folder)) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }

  private static CodecReader[] segments(List<DirectoryReader> readers) {
    return readers.stream()
        .map(reader -> (CodecReader) reader.leaves().get(0).reader())
        .toArray(CodecReader[]::new);
  }

  private static void write(Path folder, CodecReader... readers) throws IOException {
    Files.createDirectories(folder);
    try (Directory directory = open(folder)) {
      write(directory, readers);
    }
  }

  static void write(Directory directory, CodecReader... readers) throws IOException {
    try (IndexWriter writer = writer(directory)) {
      writer.addIndexes(readers);
      writer.commit();
    }
  }

  /** The folder is private to one build and appears by a rename: a lock would only leave a file. */
  private static Directory open(Path folder) throws IOException {
    return FSDirectory.open(folder, NoLockFactory.INSTANCE);
  }

  private static IndexWriter writer(Directory directory) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
            .setSimilarity(new ImpactSimilarity())
            .setMergePolicy(NoMergePolicy.INSTANCE)
            .setMergeScheduler(new SerialMergeScheduler());
    config.setUseCompoundFile(false);
    return new IndexWriter(directory, config);
  }

  private static Document example() {
    FieldType impacts = new FieldType();
    impacts.setOmitNorms(true);
    impacts.setTokenized(false);
    impacts.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    Document document = new Document();
    document.add(new StringField(Indexer.ID, "id", Field.Store.YES));
    document.add(new BinaryDocValuesField(Indexer.ID, new BytesRef("id")));
    document.add(new Field(Indexer.CONTENTS, "term", impacts));
    return document;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    try {
      return future.get();
    } catch (ExecutionException error) {
      throw error.getCause() instanceof Exception ? (Exception) error.getCause() : error;
    }
  }
}
