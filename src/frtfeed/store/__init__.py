"""What is remembered between runs. Its own file, `.frtfeed/frtfeed.sqlite`; nothing that is published lives here."""
