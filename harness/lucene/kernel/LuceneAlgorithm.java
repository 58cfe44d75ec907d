package esplade;

import java.io.IOException;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;

/** Lucene's own disjunction of boosted terms. */
final class LuceneAlgorithm implements Algorithm {
  private final IndexSearcher searcher;
  private Query query;
  private ScoreDoc[] hits;

  LuceneAlgorithm(IndexSearcher searcher) {
    this.searcher = searcher;
  }

  @Override
  public void prepare(Batch queries, int query) {
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    for (int i = queries.rows[query]; i < queries.rows[query + 1]; i++) {
      Term name = new Term(Indexer.CONTENTS, queries.terms.ref(queries.columns[i]));
      Query term = new BoostQuery(new TermQuery(name), queries.weights[i]);
      builder.add(term, BooleanClause.Occur.SHOULD);
    }
    if (queries.least[query] > 1) {
      builder.setMinimumNumberShouldMatch(queries.least[query]);
    }
    this.query = builder.build();
  }

  @Override
  public int search(int k) throws IOException {
    hits = searcher.search(query, k).scoreDocs;
    return hits.length;
  }

  @Override
  public void results(int[] documents, float[] scores) {
    for (int i = 0; i < hits.length; i++) {
      documents[i] = hits[i].doc;
      scores[i] = hits[i].score;
    }
  }
}
