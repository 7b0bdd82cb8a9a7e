"""Provider-native resources become nodes: tables per service, one reader, one assembler."""
