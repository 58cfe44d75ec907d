package esplade;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Strings numbered in the order in which they are first seen. All are kept as bytes, since there
 * can be millions; those seen of late as strings too, since most are seen again.
 */
final class TermTable {
  private static final int EMPTY = -1;
  private static final int MOST_RECENT = 1 << 18;

  /** Strings seen of late, each where its hash points to or behind that, and their numbers. */
  private String[] recent = new String[1 << 10];

  private int[] recentNumbers = new int[recent.length];
  private int recentCount;
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
    String[] recent = this.recent;
    for (int slot = slot(term, recent.length); ; slot = (slot + 1) & (recent.length - 1)) {
      String known = recent[slot];
      // The parser gives the same string for the same name, most of the time.
      if (known == term || (known != null && known.equals(term))) {
        return recentNumbers[slot];
      }
      if (known == null) {
        return look(term);
      }
    }
  }

  private static int slot(String term, int slots) {
    int hash = term.hashCode() * 0x9e3779b9;
    return (hash ^ hash >>> 15) & (slots - 1);
  }

  private int look(String term) {
    if (term.isEmpty() || !isText(term)) {
      return -1;
    }
    byte[] text = term.getBytes(StandardCharsets.UTF_8);
    int hash = hash(text);
    int number = find(text, hash);
    if (number == EMPTY) {
      number = add(text, hash);
    }
    if (++recentCount > recent.length / 2) {
      growRecent();
    }
    remember(term, number);
    return number;
  }

  private void remember(String term, int number) {
    int slot = slot(term, recent.length);
    while (recent[slot] != null) {
      slot = (slot + 1) & (recent.length - 1);
    }
    recent[slot] = term;
    recentNumbers[slot] = number;
  }

  /** Makes room; of too many, all are forgotten. */
  private void growRecent() {
    String[] terms = recent;
    int[] numbers = recentNumbers;
    boolean isFull = terms.length == MOST_RECENT;
    recent = new String[isFull ? terms.length : 2 * terms.length];
    recentNumbers = new int[recent.length];
    recentCount = 1;
    for (int i = 0; i < terms.length && !isFull; i++) {
      if (terms[i] != null) {
        remember(terms[i], numbers[i]);
        recentCount++;
      }
    }
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
