"""How good the library is, beside its peers: cleaning and the search for duplicates; and the floors that may only rise."""
