"""The test vectors of the wire, one module a file of protocol/vectors/; SPEC.md section 12 describes them."""
