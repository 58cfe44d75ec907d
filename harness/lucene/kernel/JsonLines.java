package esplade;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The lines of a file that are not blank, and an account of all of its bytes. An IOException says
 * that the file is no UTF-8 text, holds control characters, or is not the gzip that it should be.
 */
final class JsonLines implements AutoCloseable {
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private CharBuffer scratch = CharBuffer.allocate(1 << 12);
  private final FileInputStream file;
  private final InputStream in;
  private boolean ended;
  private int filled;
  private int next;

  /** The line: bytes from {@code begin}, which is not white space, to {@code end}, its line end. */
  byte[] buffer = new byte[1 << 20];

  int begin;
  int end;

  /** Lines that were not blank, those that were, and bytes when decompressed. */
  long written;

  long blank;
  long bytes;

  /** @param name a path; the file is decompressed if it ends in .gz. */
  JsonLines(String name) throws IOException {
    file = new FileInputStream(name);
    try {
      in = name.endsWith(".gz") ? decompressed() : file;
      while (filled < MARK.length && fill()) {}
    } catch (IOException | RuntimeException error) {
      file.close();
      throw error;
    }
    if (filled >= MARK.length && Arrays.equals(buffer, 0, MARK.length, MARK, 0, MARK.length)) {
      next = MARK.length;
    }
  }

  /** All members; unlike java.util.zip's, this stream refuses what follows them and is no gzip. */
  private InputStream decompressed() throws IOException {
    return GzipCompressorInputStream.builder()
        .setInputStream(new BufferedInputStream(file, 1 << 16))
        .setDecompressConcatenated(true)
        .get();
  }

  /** Bytes that were taken from the file itself. */
  long taken() throws IOException {
    return file.getChannel().position();
  }

  /** Goes to the next line that is not blank; returns whether there is one. */
  boolean next() throws IOException {
    while (find()) {
      for (int i = begin; i < end; i++) {
        if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
          begin = i;
          written++;
          return true;
        }
      }
      blank++;
    }
    return false;
  }

  private boolean find() throws IOException {
    boolean ascii = true;
    int i = next;
    while (true) {
      byte[] text = buffer;
      int limit = filled;
      for (; i < limit; i++) {
        byte character = text[i];
        if (character < ' ') {
          if (character == '\n') {
            return take(i, i + 1, ascii);
          }
          if (character < 0) {
            ascii = false;
          } else if (character != '\t' && character != '\r') {
            throw new IOException("a control character");
          }
        }
      }
      if (ended) {
        return next < filled && take(filled, filled, ascii);
      }
      i -= next;
      makeRoom();
      fill();
    }
  }

  private boolean take(int lineEnd, int following, boolean ascii) throws IOException {
    begin = next;
    end = lineEnd;
    next = following;
    if (!ascii) {
      checkText();
    }
    return true;
  }

  private void checkText() throws IOException {
    int length = end - begin;
    if (scratch.capacity() < length) {
      scratch = CharBuffer.allocate(Math.max(length, 2 * scratch.capacity()));
    }
    scratch.clear();
    if (utf8.reset().decode(ByteBuffer.wrap(buffer, begin, length), scratch, true).isError()) {
      throw new IOException("no UTF-8");
    }
  }

  private void makeRoom() {
    System.arraycopy(buffer, next, buffer, 0, filled - next);
    filled -= next;
    next = 0;
    if (filled == buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.multiplyExact(2, filled));
    }
  }

  /** Reads some more; returns false at the end. */
  private boolean fill() throws IOException {
    int got = in.read(buffer, filled, buffer.length - filled);
    ended = got < 0;
    filled += Math.max(0, got);
    bytes += Math.max(0, got);
    return !ended;
  }

  @Override
  public void close() throws IOException {
    in.close();
    file.close();
  }
}
