package esplade;

import java.io.IOException;

/** Counts what searches read. */
interface Counter {
  /**
   * Postings visited, postings scored, blocks (of 128 postings, as Lucene compresses them) in
   * which any was visited, and blocks of all the lists, since the last call.
   */
  long[] take() throws IOException;
}
