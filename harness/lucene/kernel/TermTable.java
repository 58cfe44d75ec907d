package esplade;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Strings numbered in the order in which they are first seen. All are kept as bytes, since there
 * can be millions; those seen of late as strings too, since most are seen again.
 */
final class TermTable {
  private static final int EMPTY = -1;
  private static final int MOST_RECENT = 1 << 16;

  private final Map<String, Integer> recent = new HashMap<>();
  private int[] slots = new int[1 << 12];
  private int[] hashes = new int[1 << 10];
  private int[] ends = new int[1 << 10];
  private byte[] bytes = new byte[1 << 14];
  private int count;

  TermTable() {
    Arrays.fill(slots, EMPTY);
  }

  /** The number of a term, a new one if it has not been seen; -1 if it is empty or no text. */
  int number(String term) {
    Integer known = recent.get(term);
    if (known != null) {
      return known;
    }
    if (term.isEmpty() || !isText(term)) {
      return -1;
    }
    byte[] text = term.getBytes(StandardCharsets.UTF_8);
    int hash = hash(text);
    int number = find(text, hash);
    if (number == EMPTY) {
      number = add(text, hash);
    }
    if (recent.size() == MOST_RECENT) {
      recent.clear();
    }
    recent.put(term, number);
    return number;
  }

  /** Whether no character is half of one. */
  static boolean isText(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return isText(text.toCharArray(), 0, text.length());
      }
    }
    return true;
  }

  static boolean isText(char[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Character.isSurrogate(text[i])) {
        if (i + 1 == to || !Character.isSurrogatePair(text[i], text[i + 1])) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private int find(byte[] text, int hash) {
    for (int slot = hash & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      int number = slots[slot];
      if (number == EMPTY || (hashes[number] == hash && same(number, text))) {
        return number;
      }
    }
  }

  private int add(byte[] text, int hash) {
    int length = text.length;
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
    System.arraycopy(text, 0, bytes, start, length);
    ends[count] = start + length;
    hashes[count] = hash;
    place(count);
    return count++;
  }

  private static int hash(byte[] text) {
    int hash = text.length;
    for (byte character : text) {
      hash = 31 * hash + character;
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

  private boolean same(int number, byte[] text) {
    return Arrays.equals(bytes, begin(number), ends[number], text, 0, text.length);
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
