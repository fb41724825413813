"""A film arrives: from a file somebody owns to an edition anybody's browser can play."""
