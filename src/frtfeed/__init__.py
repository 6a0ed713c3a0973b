"""frtfeed: a folder of stories in, ranked feeds, pages and a digest out."""

__version__ = "0.1.0"
