package esplade;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.apache.lucene.util.BytesRef;

/**
 * Reads JSON Lines of vectors, in a thread of its own, into files of columns (int32) and weights
 * (float32), so that memory stays flat. It gives up at the first line that is out of the ordinary:
 * a reader that can say what is wrong with it then starts from the beginning.
 */
public final class JsonVectors implements Runnable {
  private static final int MOST_EXACT = (1 << 24) - 1;

  /** Digits of an id that is certainly a 64-bit integer. */
  private static final int LONGEST_NUMBER = 18;

  private final String[] files;
  private final Path folder;
  private final Thread thread = new Thread(this, "json-vectors");
  private final JsonText json = new JsonText();
  private final TermTable terms = new TermTable();
  private final Unpacked ids = new Unpacked(1 << 16);
  private int[] idEnds = new int[1 << 12];
  private int[] lengths = new int[1 << 12];

  /** The last row that used each term: a row must not use one twice. */
  private int[] usedBy = new int[1 << 12];

  private Column columns;
  private Column weights;
  private volatile int rows;
  private long zeros;
  private boolean integers = true;
  private boolean complete;
  private Exception failure;

  /** @param files paths, a line each, in UTF-8; those that end in .gz are decompressed. */
  public JsonVectors(byte[] files, String folder) {
    this.files = new String(files, StandardCharsets.UTF_8).split("\n");
    this.folder = Path.of(folder);
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
   * their lengths, ids and terms as strings; null if it gave up.
   */
  public byte[] result() throws Exception {
    thread.join();
    if (failure != null) {
      throw failure;
    }
    if (!complete) {
      return null;
    }
    Unpacked out = new Unpacked(1 << 16).add(integers ? 1 : 0).add(zeros).add(rows);
    out.add(lengths, rows).add(rows).add(0).add(idEnds, rows).add(ids);
    terms.pack(out);
    return out.bytes();
  }

  @Override
  public void run() {
    try (Column columns = new Column(folder.resolve("columns"));
        Column weights = new Column(folder.resolve("weights"))) {
      this.columns = columns;
      this.weights = weights;
      boolean ordinary = true;
      for (int i = 0; ordinary && i < files.length; i++) {
        ordinary = file(files[i]);
      }
      columns.flush();
      weights.flush();
      complete = ordinary;
    } catch (IOException | RuntimeException error) {
      failure = error;
    }
  }

  private boolean file(String name) throws IOException {
    try (InputStream in = open(name)) {
      return in != null && lines(in);
    }
  }

  /** The file, decompressed; null if it is not what its name says. */
  private static InputStream open(String name) {
    try {
      InputStream in = new FileInputStream(name);
      return name.endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
    } catch (IOException error) {
      return null;
    }
  }

  private boolean lines(InputStream in) throws IOException {
    byte[] buffer = new byte[1 << 20];
    int filled = 0;
    for (int got = 0; got >= 0; ) {
      try {
        got = in.read(buffer, filled, buffer.length - filled);
      } catch (IOException error) {
        return false;
      }
      filled += Math.max(0, got);
      int from = 0;
      for (int i = filled - Math.max(0, got); i < filled; i++) {
        if (buffer[i] == '\n') {
          if (!line(buffer, from, i)) {
            return false;
          }
          from = i + 1;
        }
      }
      if (got < 0 && from < filled && !line(buffer, from, filled)) {
        return false;
      }
      System.arraycopy(buffer, from, buffer, 0, filled - from);
      filled -= from;
      if (filled == buffer.length) {
        buffer = Arrays.copyOf(buffer, Math.multiplyExact(2, filled));
      }
    }
    return true;
  }

  private boolean line(byte[] text, int begin, int end) throws IOException {
    json.start(text, begin, end);
    if (json.peek() == 0) {
      return true;
    }
    boolean hasId = false;
    boolean hasVector = false;
    boolean hasContents = false;
    boolean more = json.take('{');
    while (more) {
      if (!json.string()) {
        return false;
      }
      String key = json.key();
      if (!json.take(':')) {
        return false;
      }
      if (key.equals("id") && !hasId) {
        hasId = id();
        more = hasId;
      } else if (key.equals("vector") && !hasVector) {
        hasVector = vector();
        more = hasVector;
      } else {
        more = key.equals("contents") && !hasContents && json.string() && json.wellFormed();
        hasContents = true;
      }
      if (more && json.take('}')) {
        break;
      }
      more &= json.take(',');
    }
    if (!more || !hasId || !hasVector || json.peek() != 0) {
      return false;
    }
    rows++;
    return true;
  }

  private boolean id() {
    if (json.peek() == '"') {
      if (!json.string() || !json.wellFormed() || json.length == 0) {
        return false;
      }
    } else {
      int from = json.place();
      if (!json.number() || !json.integer) {
        return false;
      }
      json.asString(from);
      if (json.length > LONGEST_NUMBER) {
        return false;
      }
    }
    if (rows == idEnds.length) {
      idEnds = Arrays.copyOf(idEnds, 2 * rows);
    }
    idEnds[rows] = ids.add(new BytesRef(json.bytes, json.begin, json.length)).size();
    return true;
  }

  private boolean vector() throws IOException {
    int size = 0;
    if (!json.take('{')) {
      return false;
    }
    if (!json.take('}')) {
      do {
        int column = json.string() ? column() : -1;
        if (column < 0 || usedBy[column] == rows + 1 || !json.take(':') || !json.number()) {
          return false;
        }
        usedBy[column] = rows + 1;
        integers &= json.integer;
        if (json.value > (json.integer ? MOST_EXACT : Float.MAX_VALUE)) {
          return false;
        }
        zeros += json.value == 0 ? 1 : 0;
        float weight = (float) json.value;
        if (weight > 0) {
          columns.add(column);
          weights.add(Float.floatToRawIntBits(weight));
          size++;
        }
      } while (json.take(','));
      if (!json.take('}')) {
        return false;
      }
    }
    if (rows == lengths.length) {
      lengths = Arrays.copyOf(lengths, 2 * rows);
    }
    lengths[rows] = size;
    return true;
  }

  private int column() {
    int hash = TermTable.hash(json.bytes, json.begin, json.length);
    int column = terms.find(json.bytes, json.begin, json.length, hash);
    if (column < 0 && json.length > 0 && json.wellFormed()) {
      column = terms.add(json.bytes, json.begin, json.length, hash);
      if (column == usedBy.length) {
        usedBy = Arrays.copyOf(usedBy, 2 * column);
      }
    }
    return column;
  }

  /** A file of little-endian int32. */
  private static final class Column implements AutoCloseable {
    private final FileChannel file;
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(1 << 18).order(ByteOrder.LITTLE_ENDIAN);

    Column(Path path) throws IOException {
      file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    void add(int value) throws IOException {
      if (!buffer.hasRemaining()) {
        flush();
      }
      buffer.putInt(value);
    }

    void flush() throws IOException {
      buffer.flip();
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
      buffer.clear();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
