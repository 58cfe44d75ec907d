package esplade;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * One line's record of an id, a vector and texts that are passed over, read with Jackson's parser.
 * An IOException says that the line is out of the ordinary: malformed, or only unusual.
 */
final class JsonRecord {
  private static final int MOST_EXACT = (1 << 24) - 1;

  /** Digits of a number that certainly fits 64 bits. */
  private static final int LONGEST_INTEGER = 18;

  private final TermTable terms;
  private final JsonParser json;
  private final ByteArrayFeeder feeder;
  private final Set<String> others = new HashSet<>();

  /** The last row that used each term: a row must not use one twice. */
  private int[] usedBy = new int[1 << 12];

  private int row;
  private boolean hasVector;
  private boolean hasContents;

  /** The record's id in UTF-8; null until it is read. */
  byte[] id;

  /** Columns and weights above zero of the record, {@code size} of them. */
  int[] columns = new int[1 << 10];

  int[] weights = new int[1 << 10];
  int size;

  /** Of all records: weights that are zero as float32, and whether all are integers. */
  long zeros;

  boolean integers = true;

  JsonRecord(TermTable terms) throws IOException {
    this.terms = terms;
    JsonFactoryBuilder settings = new JsonFactoryBuilder();
    settings.disable(JsonFactory.Feature.INTERN_FIELD_NAMES);
    settings.disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW);
    settings.enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER);
    // One that is fed: it keeps the terms that it has seen from line to line.
    json = settings.build().createNonBlockingByteArrayParser();
    feeder = (ByteArrayFeeder) json.getNonBlockingInputFeeder();
  }

  /** Reads the one record of a line, and nothing else before or behind it but white space. */
  void read(byte[] text, int begin, int end) throws IOException {
    row++;
    id = null;
    hasVector = false;
    hasContents = false;
    others.clear();
    expect(text[begin] == '{'); // the parser would read past a byte order mark
    feeder.feedInput(text, begin, end);
    expect(json.nextToken() == JsonToken.START_OBJECT);
    JsonToken token = json.nextToken();
    while (token == JsonToken.FIELD_NAME) {
      value(json.currentName());
      token = json.nextToken();
    }
    expect(token == JsonToken.END_OBJECT && id != null && hasVector);
    expect(json.nextToken() == JsonToken.NOT_AVAILABLE);
  }

  private void value(String key) throws IOException {
    JsonToken token = json.nextToken();
    switch (key) {
      case "id" -> {
        expect(id == null);
        id(token);
      }
      case "vector" -> {
        expect(!hasVector && token == JsonToken.START_OBJECT);
        hasVector = true;
        vector();
      }
      case "contents" -> {
        expect(!hasContents && token == JsonToken.VALUE_STRING);
        hasContents = true;
        text();
      }
      default -> {
        expect(others.add(key) && TermTable.isText(key) && token == JsonToken.VALUE_STRING);
        text();
      }
    }
  }

  private void id(JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_NUMBER_INT) {
      expect(json.getTextLength() <= LONGEST_INTEGER);
      expect(json.getTextCharacters()[json.getTextOffset()] != '-');
    } else {
      expect(token == JsonToken.VALUE_STRING && json.getTextLength() > 0);
    }
    String name = json.getText();
    expect(TermTable.isText(name));
    id = name.getBytes(StandardCharsets.UTF_8);
  }

  /** Checks the string that was read; the parser lets halves of characters pass. */
  private void text() throws IOException {
    char[] characters = json.getTextCharacters();
    int from = json.getTextOffset();
    expect(TermTable.isText(characters, from, from + json.getTextLength()));
  }

  private void vector() throws IOException {
    JsonParser json = this.json;
    int row = this.row;
    size = 0;
    JsonToken token = json.nextToken();
    while (token == JsonToken.FIELD_NAME) {
      int column = terms.number(json.currentName());
      expect(column >= 0);
      if (column >= usedBy.length) {
        usedBy = Arrays.copyOf(usedBy, 2 * column);
      }
      expect(usedBy[column] != row);
      usedBy[column] = row;
      float weight = weight(json.nextToken());
      if (weight == 0) {
        zeros++;
      } else {
        add(column, weight);
      }
      token = json.nextToken();
    }
    expect(token == JsonToken.END_OBJECT);
  }

  private float weight(JsonToken token) throws IOException {
    boolean integer = token == JsonToken.VALUE_NUMBER_INT;
    expect(integer || token == JsonToken.VALUE_NUMBER_FLOAT);
    char[] digits = json.getTextCharacters();
    int from = json.getTextOffset();
    expect(digits[from] != '-');
    double value = Decimal.plain(digits, from, json.getTextLength());
    if (value < 0) {
      value = json.getDoubleValue();
    }
    expect(value <= (integer ? MOST_EXACT : Float.MAX_VALUE));
    integers &= integer;
    return (float) value;
  }

  private void add(int column, float weight) {
    if (size == columns.length) {
      columns = Arrays.copyOf(columns, 2 * size);
      weights = Arrays.copyOf(weights, 2 * size);
    }
    columns[size] = column;
    weights[size++] = Float.floatToRawIntBits(weight);
  }

  private static void expect(boolean isSo) throws IOException {
    if (!isSo) {
      throw new IOException("out of the ordinary");
    }
  }
}
