package esplade;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A cursor over one JSON text of plain content: strings and numbers that are not negative. What it
 * does not know it refuses, so that a reader which knows more can look at it.
 */
final class JsonText {
  private static final double[] POWERS = new double[23];

  static {
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = Double.parseDouble("1e" + i);
    }
  }

  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private byte[] scratch = new byte[256];
  private byte[] text;
  private int at;
  private int end;

  /** The last string: bytes from {@code begin} on. */
  byte[] bytes;

  int begin;
  int length;
  private boolean ascii;

  /** The last number, and whether it was written without a point or an exponent. */
  double value;

  boolean integer;

  void start(byte[] text, int begin, int end) {
    this.text = text;
    this.at = begin;
    this.end = end;
  }

  /** Skips white space, and takes a character if it comes next. */
  boolean take(char wanted) {
    if (peek() != wanted) {
      return false;
    }
    at++;
    return true;
  }

  /** The next character behind white space; 0 at the end. */
  char peek() {
    while (at < end && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) {
      at++;
    }
    return at < end ? (char) (text[at] & 0xff) : 0;
  }

  /** Reads a string; its bytes may still be no UTF-8, see {@link #wellFormed}. */
  boolean string() {
    if (!take('"')) {
      return false;
    }
    ascii = true;
    for (int i = at; i < end; i++) {
      byte next = text[i];
      if (next == '"') {
        bytes = text;
        begin = at;
        length = i - at;
        at = i + 1;
        return true;
      }
      if (next == '\\') {
        return escaped();
      }
      if (next < ' ') {
        if (next >= 0) {
          return false;
        }
        ascii = false;
      }
    }
    return false;
  }

  /** Whether the last string is valid UTF-8. */
  boolean wellFormed() {
    if (ascii) {
      return true;
    }
    try {
      utf8.decode(ByteBuffer.wrap(bytes, begin, length));
      return true;
    } catch (CharacterCodingException error) {
      return false;
    }
  }

  /** The last string, if it is ASCII; anything else, or a longer name, is no key that we know. */
  String key() {
    return ascii && length < 16
        ? new String(bytes, begin, length, StandardCharsets.US_ASCII)
        : "";
  }

  private boolean escaped() {
    int size = 0;
    int i = at;
    while (i < end && text[i] != '"') {
      if (size + 4 > scratch.length) {
        scratch = Arrays.copyOf(scratch, 2 * scratch.length);
      }
      byte next = text[i++];
      if (next != '\\') {
        if (next >= 0 && next < ' ') {
          return false;
        }
        ascii &= next >= 0;
        scratch[size++] = next;
        continue;
      }
      int place = i < end ? "\"\\/bfnrtu".indexOf(text[i++]) : -1;
      if (place < 0) {
        return false;
      }
      if (place < 8) {
        scratch[size++] = (byte) "\"\\/\b\f\n\r\t".charAt(place);
        continue;
      }
      int point = hex(i);
      i += 4;
      if (point >= 0xd800 && point < 0xdc00 && i + 1 < end && text[i] == '\\' && text[i + 1] == 'u') {
        int low = hex(i + 2);
        i += 6;
        point = low >= 0xdc00 && low < 0xe000 ? Character.toCodePoint((char) point, (char) low) : -1;
      }
      if (point < 0 || (point >= 0xd800 && point < 0xe000)) {
        return false;
      }
      ascii &= point < 0x80;
      byte[] encoded = Character.toString(point).getBytes(StandardCharsets.UTF_8);
      System.arraycopy(encoded, 0, scratch, size, encoded.length);
      size += encoded.length;
    }
    bytes = scratch;
    begin = 0;
    length = size;
    at = i + 1;
    return i < end;
  }

  private int hex(int from) {
    if (from + 4 > end) {
      return -1;
    }
    int point = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = Character.digit(text[i], 16);
      if (digit < 0) {
        return -1;
      }
      point = 16 * point + digit;
    }
    return point;
  }

  /** Reads a number; a decimal of few digits without a call to the library. */
  boolean number() {
    char first = peek();
    if (first < '0' || first > '9') {
      return false;
    }
    int from = at;
    long mantissa = 0;
    while (at < end && isDigit(text[at])) {
      mantissa = 10 * mantissa + text[at++] - '0';
    }
    int digits = at - from;
    if (digits > 1 && first == '0') {
      return false;
    }
    integer = at == end || (text[at] != '.' && text[at] != 'e' && text[at] != 'E');
    int decimals = 0;
    if (at < end && text[at] == '.') {
      int point = ++at;
      while (at < end && isDigit(text[at])) {
        mantissa = 10 * mantissa + text[at++] - '0';
      }
      decimals = at - point;
      if (decimals == 0) {
        return false;
      }
    }
    boolean plain = at == end || (text[at] != 'e' && text[at] != 'E');
    if (!plain && !exponent()) {
      return false;
    }
    // Exact: both fit a double's 53 bits, and one division rounds once.
    value =
        plain && digits + decimals <= 15
            ? mantissa / POWERS[decimals]
            : Double.parseDouble(new String(text, from, at - from, StandardCharsets.US_ASCII));
    return true;
  }

  private boolean exponent() {
    at++;
    if (at < end && (text[at] == '+' || text[at] == '-')) {
      at++;
    }
    int from = at;
    while (at < end && isDigit(text[at])) {
      at++;
    }
    return at > from;
  }

  /** The characters of the last number, for an id that is one. */
  void asString(int from) {
    bytes = text;
    begin = from;
    length = at - from;
    ascii = true;
  }

  int place() {
    return at;
  }

  private static boolean isDigit(byte character) {
    return character >= '0' && character <= '9';
  }
}
