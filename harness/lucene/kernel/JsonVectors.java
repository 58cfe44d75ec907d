package esplade;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.util.BytesRef;

/**
 * Reads JSON Lines of vectors, in a thread of its own, into files of columns (int32) and weights
 * (float32), so that memory stays flat. It gives up at the first line that is out of the ordinary:
 * a reader that can say what is wrong with it then starts from the beginning.
 */
public final class JsonVectors implements Runnable {
  private final String[] files;
  private final Path folder;
  private final Thread thread = new Thread(this, "json-vectors");
  private final TermTable terms = new TermTable();
  private final JsonRecord record;
  private final Unpacked ids = new Unpacked(1 << 16);
  private int[] idEnds = new int[1 << 12];
  private int[] lengths = new int[1 << 12];

  /** Of every file: its bytes, when decompressed too, lines with a record and blank ones. */
  private final Unpacked account = new Unpacked(1 << 6);

  private volatile int rows;
  private boolean complete;
  private Exception failure;

  /** @param files paths, a line each, in UTF-8; those that end in .gz are decompressed. */
  public JsonVectors(byte[] files, String folder) throws IOException {
    this.files = new String(files, StandardCharsets.UTF_8).split("\n");
    this.folder = Path.of(folder);
    this.record = new JsonRecord(terms);
    thread.setDaemon(true);
    thread.start();
  }

  /** Vectors read so far. */
  public int rows() {
    return rows;
  }

  public boolean isRunning() {
    return thread.isAlive();
  }

  /**
   * Waits, and returns whether all weights are integers (int32), weights of zero (int64), rows,
   * their lengths, ids and terms as strings, the account (int64); null if it gave up.
   */
  public byte[] result() throws Exception {
    thread.join();
    if (failure != null) {
      throw failure;
    }
    if (!complete) {
      return null;
    }
    Unpacked out = new Unpacked(1 << 16).add(record.integers ? 1 : 0).add(record.zeros).add(rows);
    out.add(lengths, rows).add(rows).add(0).add(idEnds, rows).add(ids);
    terms.pack(out);
    return out.add(account).bytes();
  }

  @Override
  public void run() {
    try (Column columns = new Column(folder.resolve("columns"));
        Column weights = new Column(folder.resolve("weights"))) {
      boolean ordinary = true;
      for (int i = 0; ordinary && i < files.length; i++) {
        ordinary = file(files[i], columns, weights);
      }
      columns.flush();
      weights.flush();
      complete = ordinary;
    } catch (IOException | RuntimeException error) {
      failure = error;
    }
  }

  /** Returns false where something is out of the ordinary; exceptions are of what is written. */
  private boolean file(String name, Column columns, Column weights) {
    try (JsonLines lines = new JsonLines(name)) {
      while (lines.next()) {
        record.read(lines.buffer, lines.begin, lines.end);
        columns.add(record.columns, record.size);
        weights.add(record.weights, record.size);
        row();
      }
      account.add(lines.taken()).add(lines.bytes).add(lines.written).add(lines.blank);
      return true;
    } catch (UncheckedIOException error) {
      throw error;
    } catch (IOException | RuntimeException | OutOfMemoryError odd) {
      return false;
    }
  }

  private void row() {
    int row = rows;
    if (row == lengths.length) {
      lengths = Arrays.copyOf(lengths, 2 * row);
      idEnds = Arrays.copyOf(idEnds, 2 * row);
    }
    lengths[row] = record.size;
    idEnds[row] = ids.add(new BytesRef(record.id)).size();
    rows = row + 1;
  }
}
