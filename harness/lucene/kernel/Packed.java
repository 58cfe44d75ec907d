package esplade;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.lucene.util.BytesRef;

/**
 * Reads what {@code harness/lucene/packing.py} writes: little-endian int32 values, arrays without
 * their lengths, and blobs of UTF-8 bytes that offset arrays cut into strings.
 */
final class Packed {
  private final byte[] bytes;
  private final ByteBuffer buffer;

  Packed(byte[] bytes) {
    this.bytes = bytes;
    this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int integer() {
    return buffer.getInt();
  }

  int[] integers(int count) {
    int[] values = new int[count];
    buffer.asIntBuffer().get(values);
    buffer.position(buffer.position() + 4 * count);
    return values;
  }

  /** A list of strings: their count, count + 1 offsets, then their bytes. */
  Strings strings() {
    int count = integer();
    int[] offsets = integers(count + 1);
    int start = buffer.position();
    buffer.position(start + offsets[count]);
    return new Strings(bytes, start, offsets);
  }

  /** Strings that share one array of bytes. */
  static final class Strings {
    final byte[] bytes;
    private final int start;
    private final int[] offsets;

    private Strings(byte[] bytes, int start, int[] offsets) {
      this.bytes = bytes;
      this.start = start;
      this.offsets = offsets;
    }

    int count() {
      return offsets.length - 1;
    }

    int begin(int i) {
      return start + offsets[i];
    }

    int length(int i) {
      return offsets[i + 1] - offsets[i];
    }

    BytesRef ref(int i) {
      return new BytesRef(bytes, begin(i), length(i));
    }

    String string(int i) {
      return new String(bytes, begin(i), length(i), StandardCharsets.UTF_8);
    }
  }
}
