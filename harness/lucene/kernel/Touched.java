package esplade;

/** What a search over decoded lists reads, counted by spans of postings. */
final class Touched implements Counter {
  private static final int BLOCK = 128;

  private long scored;
  private long blocks;
  private long all;

  /** A list that the query has. */
  void list(int length) {
    all += (length + BLOCK - 1) / BLOCK;
  }

  /** A span of a list's postings is scored; takes and returns the last block touched in it. */
  int span(int begin, int end, int last) {
    scored += end - begin;
    int first = begin / BLOCK;
    int block = (end - 1) / BLOCK;
    blocks += block - first + (first == last ? 0 : 1);
    return block;
  }

  @Override
  public long[] take() {
    long[] taken = {scored, scored, blocks, all};
    scored = 0;
    blocks = 0;
    all = 0;
    return taken;
  }
}
