package esplade;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.BytesRef;

/**
 * Writes a small index in memory and reads it, in the background. The JVM compiles code only after
 * it has run for a while, and an index of 100,000 documents would be finished before that; so the
 * code is run while vectors are still being read.
 */
public final class Rehearsal implements Runnable {
  private static final int DOCUMENTS = 4096;
  private static final int TERMS = 128;

  private Rehearsal() {}

  public static void begin() {
    Thread thread = new Thread(new Rehearsal(), "rehearsal");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    try (Directory directory = new ByteBuffersDirectory();
        ImpactIndexer.Prototype prototype = new ImpactIndexer.Prototype()) {
      ImpactIndexer.write(directory, prototype.inverted(packed()));
      Index index = new Index(directory);
      index.checkIntegrity();
      index.counts();
      index.ids();
      index.statistics();
      index.close();
    } catch (Exception error) {
      // Nothing depends on it.
    }
  }

  /** Every document holds every term, which makes for many postings and little else. */
  private static byte[] packed() {
    Unpacked out = new Unpacked(1 << 20);
    names(out, DOCUMENTS);
    names(out, TERMS);
    numbers(out, TERMS + 1, i -> i * DOCUMENTS);
    numbers(out, TERMS * DOCUMENTS, i -> i % DOCUMENTS);
    numbers(out, TERMS * DOCUMENTS, i -> 1 + i % 251);
    return out.bytes();
  }

  private static void names(Unpacked out, int count) {
    out.add(count);
    numbers(out, count + 1, i -> 6 * i);
    for (int i = 0; i < count; i++) {
      out.add(new BytesRef(String.valueOf(100_000 + i)));
    }
  }

  private static void numbers(Unpacked out, int count, IntUnaryOperator value) {
    int[] numbers = new int[count];
    Arrays.setAll(numbers, value);
    out.add(numbers, count);
  }
}
