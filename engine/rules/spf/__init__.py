"""SPF, RFC 7208: which addresses may send in the name of a domain."""
