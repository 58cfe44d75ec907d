package esplade;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A new file of little-endian int32. */
final class Column implements AutoCloseable {
  private final FileChannel file;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(1 << 18).order(ByteOrder.LITTLE_ENDIAN);

  Column(Path path) throws IOException {
    file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Appends the first values of an array; an UncheckedIOException says that it cannot be written. */
  void add(int[] values, int count) {
    for (int done = 0; done < count; ) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int next = Math.min(count - done, buffer.remaining() / Integer.BYTES);
      buffer.asIntBuffer().put(values, done, next);
      buffer.position(buffer.position() + next * Integer.BYTES);
      done += next;
    }
  }

  void flush() {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
    buffer.clear();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
