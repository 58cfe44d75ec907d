package esplade;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.util.BytesRef;

/** Texts as bags of an analyzer's terms. */
public final class Analysis {
  private Analysis() {}

  /**
   * Analyses packed texts to packed terms (in order of appearance), then the row offsets (texts +
   * 1), columns and counts of the texts' terms, int32.
   */
  public static byte[] count(Analyzer analyzer, byte[] texts) throws IOException {
    Packed.Strings strings = new Packed(texts).strings();
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    Unpacked rows = new Unpacked(4 * strings.count() + 4).add(0);
    Unpacked columns = new Unpacked(1 << 12);
    Unpacked counts = new Unpacked(1 << 12);
    for (int i = 0; i < strings.count(); i++) {
      for (Map.Entry<String, Integer> term : terms(analyzer, strings.string(i)).entrySet()) {
        Integer column = vocabulary.putIfAbsent(term.getKey(), vocabulary.size());
        columns.add(column == null ? vocabulary.size() - 1 : column);
        counts.add(term.getValue());
      }
      rows.add(columns.size() / 4);
    }
    return pack(vocabulary).add(rows).add(columns).add(counts).bytes();
  }

  private static Map<String, Integer> terms(Analyzer analyzer, String text) throws IOException {
    Map<String, Integer> counts = new LinkedHashMap<>();
    try (TokenStream stream = analyzer.tokenStream(Indexer.CONTENTS, text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        if (term.length() > 0) {
          counts.merge(term.toString(), 1, Integer::sum);
        }
      }
      stream.end();
    }
    return counts;
  }

  private static Unpacked pack(Map<String, Integer> vocabulary) {
    Unpacked offsets = new Unpacked(1 << 12).add(0);
    Unpacked blob = new Unpacked(1 << 12);
    for (String term : vocabulary.keySet()) {
      offsets.add(blob.add(new BytesRef(term)).size());
    }
    return new Unpacked(1 << 12).add(vocabulary.size()).add(offsets).add(blob);
  }
}
