"""Pages leave for the world."""
