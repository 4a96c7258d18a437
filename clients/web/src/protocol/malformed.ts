/** What came breaks a rule of the wire: the connection is worthless, and the client joins anew. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}
