package esplade;

/** Short decimal numbers as doubles, without a call to the library. */
final class Decimal {
  private static final int MOST_DIGITS = 15;
  private static final double[] POWERS = new double[MOST_DIGITS + 1];

  static {
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = Double.parseDouble("1e" + i);
    }
  }

  private Decimal() {}

  /** The nearest double of digits with or without a point; -1 if there are more or others. */
  static double plain(char[] text, int from, int length) {
    if (length > MOST_DIGITS + 1) {
      return -1;
    }
    long digits = 0;
    int point = length - 1;
    for (int i = 0; i < length; i++) {
      char character = text[from + i];
      if (character >= '0' && character <= '9') {
        digits = 10 * digits + character - '0';
      } else if (character == '.') {
        point = i;
      } else {
        return -1;
      }
    }
    // Exact: both fit a double's 53 bits, and one division rounds once.
    return digits < 1L << 53 ? digits / POWERS[length - 1 - point] : -1;
  }
}
