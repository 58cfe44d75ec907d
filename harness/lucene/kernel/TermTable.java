package esplade;

import java.util.Arrays;

/** Byte strings numbered in the order in which they are first seen. */
final class TermTable {
  private static final int EMPTY = -1;

  private int[] slots = new int[1 << 12];
  private int[] hashes = new int[1 << 10];
  private int[] ends = new int[1 << 10];
  private byte[] bytes = new byte[1 << 14];
  private int count;

  TermTable() {
    Arrays.fill(slots, EMPTY);
  }

  int count() {
    return count;
  }

  /** The number of a string; -1 if it has not been seen. */
  int find(byte[] text, int begin, int length, int hash) {
    for (int slot = hash & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      int number = slots[slot];
      if (number == EMPTY || (hashes[number] == hash && same(number, text, begin, length))) {
        return number;
      }
    }
  }

  /** Numbers a string that has not been seen. */
  int add(byte[] text, int begin, int length, int hash) {
    if (2 * (count + 1) > slots.length) {
      rehash();
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
      hashes = Arrays.copyOf(hashes, 2 * count);
    }
    int start = begin(count);
    if (start > Integer.MAX_VALUE - 16 - length) {
      throw new IllegalStateException("more than 2 GB of terms");
    }
    while (bytes.length < start + length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 16, 2L * bytes.length));
    }
    System.arraycopy(text, begin, bytes, start, length);
    ends[count] = start + length;
    hashes[count] = hash;
    place(count);
    return count++;
  }

  static int hash(byte[] text, int begin, int length) {
    int hash = length;
    for (int i = begin; i < begin + length; i++) {
      hash = 31 * hash + text[i];
    }
    return hash ^ hash >>> 15;
  }

  /** Count, offsets, bytes. */
  void pack(Unpacked out) {
    out.add(count).add(0).add(ends, count);
    out.add(new org.apache.lucene.util.BytesRef(bytes, 0, begin(count)));
  }

  private int begin(int number) {
    return number == 0 ? 0 : ends[number - 1];
  }

  private boolean same(int number, byte[] text, int begin, int length) {
    int start = begin(number);
    return Arrays.equals(bytes, start, ends[number], text, begin, begin + length);
  }

  private void rehash() {
    slots = new int[2 * slots.length];
    Arrays.fill(slots, EMPTY);
    for (int number = 0; number < count; number++) {
      place(number);
    }
  }

  private void place(int number) {
    int slot = hashes[number] & (slots.length - 1);
    while (slots[slot] != EMPTY) {
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = number;
  }
}
