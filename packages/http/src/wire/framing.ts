/** Where the content of a message ends (RFC 9112 section 6.3). */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly sizeBytes: number }
  | { readonly kind: "chunked" }
  /** With the connection; only responses. */
  | { readonly kind: "close" };
