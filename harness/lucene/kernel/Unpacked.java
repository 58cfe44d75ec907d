package esplade;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.lucene.util.BytesRef;

/** Writes what {@code harness/lucene/packing.py} reads: a growing array of little-endian values. */
final class Unpacked {
  private ByteBuffer buffer;

  Unpacked(int capacity) {
    buffer = allocate(Math.max(16, capacity));
  }

  Unpacked add(int value) {
    reserve(4);
    buffer.putInt(value);
    return this;
  }

  Unpacked add(long value) {
    reserve(8);
    buffer.putLong(value);
    return this;
  }

  Unpacked add(int[] values, int count) {
    reserve(4L * count);
    buffer.asIntBuffer().put(values, 0, count);
    buffer.position(buffer.position() + 4 * count);
    return this;
  }

  Unpacked add(float[] values, int count) {
    reserve(4L * count);
    buffer.asFloatBuffer().put(values, 0, count);
    buffer.position(buffer.position() + 4 * count);
    return this;
  }

  Unpacked add(BytesRef ref) {
    reserve(ref.length);
    buffer.put(ref.bytes, ref.offset, ref.length);
    return this;
  }

  Unpacked add(Unpacked other) {
    reserve(other.size());
    buffer.put(other.buffer.array(), 0, other.size());
    return this;
  }

  int size() {
    return buffer.position();
  }

  byte[] bytes() {
    return Arrays.copyOf(buffer.array(), size());
  }

  private void reserve(long more) {
    long need = size() + more;
    if (need <= buffer.capacity()) {
      return;
    }
    if (need > Integer.MAX_VALUE - 16) {
      throw new IllegalStateException("more than 2 GB in one transfer");
    }
    ByteBuffer larger = allocate((int) Math.min(Integer.MAX_VALUE - 16, need + need / 2));
    buffer = larger.put(buffer.array(), 0, size());
  }

  private static ByteBuffer allocate(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }
}
