"""What is news: merge, score, group, rank, compose. Pure."""
